package io.holdfast.udp;

/** Source, destination and length of a received datagram. Filled, used and reused; one thread. */
public final class Datagram {
    public long sourceHi;
    public long sourceLo;
    public int sourcePort;
    /** The address it was sent to, which tells a wildcard socket from where to answer. */
    public long destinationHi;
    public long destinationLo;
    /** Payload bytes, also those that did not fit into the reader's buffer. */
    public int length;
}
