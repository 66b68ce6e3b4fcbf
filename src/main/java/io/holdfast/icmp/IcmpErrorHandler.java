package io.holdfast.icmp;

/** Judges errors about packets that we seem to have sent. The stack implements it, since it knows the connections (RFC 5927). */
public interface IcmpErrorHandler {
    /**
     * An error arrived, or a packet of ours could not go. The quoted source is an address of ours; nothing else has
     * been verified, and anybody may have forged it.
     *
     * @param type         ICMP type: 3 unreachable, 11 time exceeded, 12 parameter problem
     * @param code         of the type
     * @param nextHopMtu   with type 3 code 4: what fits, 0 if the router did not say; otherwise 0
     * @param protocol     of the quoted packet
     * @param localPort    quoted source port
     * @param remotePort   quoted destination port
     * @param quotedSeq    the four bytes after the ports: of TCP the sequence number, of UDP length and checksum
     * @param quotedLength total length of the quoted packet, as its header says
     * @param local        this host found it out itself: not forged
     */
    void onError(
        int type,
        int code,
        int nextHopMtu,
        int protocol,
        long localHi,
        long localLo,
        long remoteHi,
        long remoteLo,
        int localPort,
        int remotePort,
        int quotedSeq,
        int quotedLength,
        boolean local,
        long nowNs);
}
