package io.holdfast.counters;

/** Counters of the udp component; ids from 160. Names after RFC 4113 where it has one. */
public enum UdpCounter implements CounterDescriptor {
    IN_DATAGRAMS("udp.InDatagrams", "Datagrams delivered to a socket."),
    NO_PORTS("udp.NoPorts", "Datagrams dropped: no socket; the sender is told."),
    NO_PORTS_GROUP("udp.NoPorts.group", "Datagrams to a broadcast or multicast address dropped: no socket."),
    IN_MALFORMED("udp.InErrors.malformed", "Datagrams dropped: shorter than their header, or than their length says."),
    IN_BAD_CHECKSUM("udp.InErrors.checksum", "Datagrams dropped: wrong checksum."),
    IN_QUEUE_FULL("udp.RcvbufErrors", "Datagrams dropped: the socket's receive buffer was full."),
    IN_ICMP_ERRORS("udp.inIcmpErrors", "ICMP errors that reached a connected socket."),
    IN_ICMP_UNMATCHED("udp.inIcmpUnmatched", "ICMP errors dropped: no connected socket has sent that datagram."),
    OUT_DATAGRAMS("udp.OutDatagrams", "Datagrams sent."),
    OUT_DEVICE_FULL("udp.SndbufErrors", "Datagrams refused to the application: the device was full."),
    OUT_REFUSED("udp.out.refused", "Datagrams refused to the application: too long, no route, or broadcast not allowed."),
    SOCKETS_FULL("udp.socketsFull", "Sockets refused: too many, or no port free.");

    private static final int FIRST_ID = 160;
    private final String label;
    private final String meaning;

    UdpCounter(final String label, final String meaning) {
        this.label = label;
        this.meaning = meaning;
    }

    @Override
    public int id() {
        return FIRST_ID + ordinal();
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public String meaning() {
        return meaning;
    }
}
