package io.holdfast.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;

/**
 * Describes a frame in one line, much as tcpdump does. For traces and tests: it allocates. It does not throw for any bytes, and
 * does not read beyond them. It does not verify checksums of transports, since a device may still have to complete them. One
 * thread, because it remembers connections for relative sequence numbers.
 */
public final class PacketFormatter {
    private static final String[] UNREACHABLE = {
        "net", "host", "protocol", "port", "need to frag", "source route failed"};
    private static final int IPV6_HEADER_BYTES = 40;
    private static final int VLAN_BYTES = 4;

    private final boolean ethernet;
    private final TcpFormatter tcp;
    private final EthernetHeader ethernetHeader = new EthernetHeader();
    private final Ipv4Header ipv4 = new Ipv4Header();
    private final Ipv4Header quoted = new Ipv4Header();
    private final ArpPacket arp = new ArpPacket();

    /**
     * @param ethernet frames begin with Ethernet headers; otherwise with IP ones
     * @param relative sequence numbers count from the SYN of their connection where that has been seen, as in tcpdump
     *     without {@code -S}
     */
    public PacketFormatter(final boolean ethernet, final boolean relative) {
        this.ethernet = ethernet;
        this.tcp = new TcpFormatter(relative);
    }

    public String format(final DirectBuffer buffer, final int offset, final int length) {
        final StringBuilder text = new StringBuilder(160);
        describe(buffer, offset, length, text);
        return text.toString();
    }

    /** Appends the line, without its end. */
    public void describe(final DirectBuffer buffer, final int offset, final int length, final StringBuilder into) {
        buffer.boundsCheck(offset, length);
        if (!ethernet) {
            ip(buffer, offset, length, into);
            return;
        }
        if (!ethernetHeader.wrap(buffer, offset, length)) {
            into.append("[|ether] length ").append(length);
            return;
        }
        int type = ethernetHeader.type();
        int at = EthernetHeader.BYTES;
        if (type == EthernetHeader.TYPE_VLAN && length >= at + VLAN_BYTES) {
            into.append("vlan ").append(unsigned16(buffer, offset + at) & 0xFFF).append(", ");
            type = unsigned16(buffer, offset + at + 2);
            at += VLAN_BYTES;
        }
        switch (type) {
            case EthernetHeader.TYPE_IPV4, EthernetHeader.TYPE_IPV6 -> ip(buffer, offset + at, length - at, into);
            case EthernetHeader.TYPE_ARP -> arp(buffer, offset + at, length - at, into);
            default -> into.append(MacAddress.format(ethernetHeader.source())).append(" > ")
                .append(MacAddress.format(ethernetHeader.destination()))
                .append(", ethertype 0x").append(Integer.toHexString(type)).append(", length ").append(length);
        }
    }

    private void arp(final DirectBuffer buffer, final int offset, final int length, final StringBuilder into) {
        if (!arp.wrap(buffer, offset, length)) {
            into.append("ARP, malformed, length ").append(length);
            return;
        }
        if (arp.operation() == ArpPacket.REQUEST) {
            into.append("ARP, Request who-has ").append(v4(arp.targetAddress()))
                .append(" tell ").append(v4(arp.senderAddress()));
        } else if (arp.operation() == ArpPacket.REPLY) {
            into.append("ARP, Reply ").append(v4(arp.senderAddress()))
                .append(" is-at ").append(MacAddress.format(arp.senderMac()));
        } else {
            into.append("ARP, operation ").append(arp.operation());
        }
        into.append(", length ").append(length);
    }

    private void ip(final DirectBuffer buffer, final int offset, final int length, final StringBuilder into) {
        final int version = length > 0 ? buffer.getByte(offset) >> 4 & 0xF : 0;
        if (version == 4) {
            ipv4(buffer, offset, length, into);
        } else if (version == 6) {
            ipv6(buffer, offset, length, into);
        } else {
            into.append("IP, version ").append(version).append(", length ").append(length);
        }
    }

    private void ipv4(final DirectBuffer buffer, final int offset, final int length, final StringBuilder into) {
        if (!ipv4.wrapQuoted(buffer, offset, length)) {
            into.append("[|ip] length ").append(length);
            return;
        }
        into.append("IP ");
        final int header = ipv4.headerLength();
        final int total = ipv4.totalLength();
        if (total < header) {
            into.append("bad total length ").append(total).append(" of ").append(length);
            return;
        }
        if (total > length) {
            into.append("truncated, ").append(total - length).append(" bytes missing, ");
        }
        if (!ipv4.checksumCorrect()) {
            into.append("bad checksum, ");
        }
        final long source = IpAddress.v4Lo(ipv4.source());
        final long destination = IpAddress.v4Lo(ipv4.destination());
        if (ipv4.isFragment()) {
            hosts(0, source, 0, destination, into);
            into.append("fragment ").append(ipv4.identification()).append(" of protocol ").append(ipv4.protocol())
                .append(", offset ").append(ipv4.fragmentOffset()).append(ipv4.moreFragments() ? "+" : "")
                .append(", length ").append(total - header);
            return;
        }
        transport(
            ipv4.protocol(), 0, source, 0, destination,
            buffer, offset + header, Math.min(total, length) - header, total - header, into);
    }

    private void ipv6(final DirectBuffer buffer, final int offset, final int length, final StringBuilder into) {
        if (length < IPV6_HEADER_BYTES) {
            into.append("[|ip6] length ").append(length);
            return;
        }
        into.append("IP6 ");
        final int payload = unsigned16(buffer, offset + 4);
        final int there = Math.min(payload, length - IPV6_HEADER_BYTES);
        if (there < payload) {
            into.append("truncated, ").append(payload - there).append(" bytes missing, ");
        }
        transport(
            buffer.getByte(offset + 6) & 0xFF,
            buffer.getLong(offset + 8, BIG_ENDIAN),
            buffer.getLong(offset + 16, BIG_ENDIAN),
            buffer.getLong(offset + 24, BIG_ENDIAN),
            buffer.getLong(offset + 32, BIG_ENDIAN),
            buffer, offset + IPV6_HEADER_BYTES, there, payload, into);
    }

    private void transport(
        final int protocol,
        final long sourceHi,
        final long sourceLo,
        final long destinationHi,
        final long destinationLo,
        final DirectBuffer buffer,
        final int offset,
        final int there,
        final int length,
        final StringBuilder into) {
        final boolean ports = (protocol == IpProtocol.TCP || protocol == IpProtocol.UDP) && there >= 4;
        if (ports) {
            into.append(IpAddressText.format(sourceHi, sourceLo)).append('.').append(unsigned16(buffer, offset))
                .append(" > ").append(IpAddressText.format(destinationHi, destinationLo)).append('.')
                .append(unsigned16(buffer, offset + 2)).append(": ");
        } else {
            hosts(sourceHi, sourceLo, destinationHi, destinationLo, into);
        }
        switch (protocol) {
            case IpProtocol.TCP -> tcp.describe(
                sourceHi, sourceLo, destinationHi, destinationLo, buffer, offset, there, length, into);
            case IpProtocol.UDP -> udp(buffer, offset, there, length, into);
            case IpProtocol.ICMP -> icmp(buffer, offset, there, length, into);
            case IpProtocol.ICMPV6 -> {
                into.append("ICMP6");
                if (there >= 2) {
                    into.append(" type ").append(buffer.getByte(offset) & 0xFF)
                        .append(" code ").append(buffer.getByte(offset + 1) & 0xFF);
                }
                into.append(", length ").append(length);
            }
            default -> into.append("protocol ").append(protocol).append(", length ").append(length);
        }
    }

    private static void udp(
        final DirectBuffer buffer, final int offset, final int there, final int length, final StringBuilder into) {
        if (there < UdpHeader.BYTES) {
            into.append("[|udp] length ").append(length);
            return;
        }
        final int claimed = unsigned16(buffer, offset + 4);
        if (claimed < UdpHeader.BYTES || claimed > length) {
            into.append("UDP, bad length ").append(claimed).append(" of ").append(length);
        } else {
            into.append("UDP, length ").append(claimed - UdpHeader.BYTES);
        }
    }

    private void icmp(
        final DirectBuffer buffer, final int offset, final int there, final int length, final StringBuilder into) {
        if (there < IcmpHeader.BYTES) {
            into.append("[|icmp] length ").append(length);
            return;
        }
        final int type = buffer.getByte(offset) & 0xFF;
        final int code = buffer.getByte(offset + 1) & 0xFF;
        into.append("ICMP ");
        switch (type) {
            case IcmpHeader.ECHO_REQUEST, IcmpHeader.ECHO_REPLY ->
                into.append(type == IcmpHeader.ECHO_REQUEST ? "echo request" : "echo reply")
                    .append(", id ").append(unsigned16(buffer, offset + 4))
                    .append(", seq ").append(unsigned16(buffer, offset + 6));
            case IcmpHeader.UNREACHABLE -> {
                into.append("unreachable, ");
                if (code < UNREACHABLE.length) {
                    into.append(UNREACHABLE[code]);
                } else {
                    into.append("code ").append(code);
                }
                if (code == IcmpHeader.FRAGMENTATION_NEEDED) {
                    into.append(" (mtu ").append(unsigned16(buffer, offset + 6)).append(')');
                }
                quote(buffer, offset + IcmpHeader.BYTES, there - IcmpHeader.BYTES, into);
            }
            case IcmpHeader.TIME_EXCEEDED -> {
                into.append(code == IcmpHeader.REASSEMBLY_TIME_EXCEEDED ? "reassembly" : "transit")
                    .append(" time exceeded");
                quote(buffer, offset + IcmpHeader.BYTES, there - IcmpHeader.BYTES, into);
            }
            case IcmpHeader.PARAMETER_PROBLEM -> {
                into.append("parameter problem");
                quote(buffer, offset + IcmpHeader.BYTES, there - IcmpHeader.BYTES, into);
            }
            default -> into.append("type ").append(type).append(" code ").append(code);
        }
        into.append(", length ").append(length);
    }

    /** The packet that an error is about, in brief. */
    private void quote(final DirectBuffer buffer, final int offset, final int there, final StringBuilder into) {
        if (!quoted.wrapQuoted(buffer, offset, there)) {
            return;
        }
        final int header = quoted.headerLength();
        final int protocol = quoted.protocol();
        final boolean ports = !quoted.isFragment() && there >= header + 4
            && (protocol == IpProtocol.TCP || protocol == IpProtocol.UDP);
        into.append(" for {").append(protocol == IpProtocol.TCP ? "tcp " : protocol == IpProtocol.UDP ? "udp " : "");
        into.append(v4(quoted.source()));
        if (ports) {
            into.append('.').append(unsigned16(buffer, offset + header));
        }
        into.append(" > ").append(v4(quoted.destination()));
        if (ports) {
            into.append('.').append(unsigned16(buffer, offset + header + 2));
        }
        if (ports && protocol == IpProtocol.TCP && there >= header + 8) {
            into.append(" seq ").append(Integer.toUnsignedString(buffer.getInt(offset + header + 4, BIG_ENDIAN)));
        }
        into.append('}');
    }

    private static void hosts(
        final long sourceHi,
        final long sourceLo,
        final long destinationHi,
        final long destinationLo,
        final StringBuilder into) {
        into.append(IpAddressText.format(sourceHi, sourceLo)).append(" > ")
            .append(IpAddressText.format(destinationHi, destinationLo)).append(": ");
    }

    private static String v4(final int address) {
        return IpAddressText.format(0, IpAddress.v4Lo(address));
    }

    private static int unsigned16(final DirectBuffer buffer, final int offset) {
        return buffer.getShort(offset, BIG_ENDIAN) & 0xFFFF;
    }
}
