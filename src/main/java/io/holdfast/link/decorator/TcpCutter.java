package io.holdfast.link.decorator;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.holdfast.link.FrameCopy;
import io.holdfast.wire.Checksum;
import io.holdfast.wire.EthernetHeader;
import io.holdfast.wire.IpProtocol;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Cuts a TCP super-segment into the segments that it stands for, as a device would: sequence numbers and IPv4
 * identifications count on, FIN and PSH are the last one's, CWR the first one's (RFC 3168 6.1.2), checksums are complete.
 * Reused; one thread.
 */
final class TcpCutter {
    private static final int IPV4_MIN_BYTES = 20;
    private static final int IPV6_BYTES = 40;
    private static final int TCP_MIN_BYTES = 20;
    private static final int FIN_PSH = 0x09;
    private static final int CWR = 0x80;

    private FrameCopy whole;
    private boolean v6;
    private int ip;
    private int tcp;
    private int payload;
    private int end;

    /**
     * Looks at a frame.
     *
     * @param ethernet false if it starts with the IP header
     * @return false if it is not one to be cut
     */
    boolean wrap(final FrameCopy frame, final boolean ethernet) {
        whole = frame;
        final UnsafeBuffer b = frame.buffer;
        ip = ethernet ? EthernetHeader.BYTES : 0;
        if (frame.gsoSize <= 0 || frame.length < ip + IPV4_MIN_BYTES) {
            return false;
        }
        final int version = (b.getByte(ip) & 0xF0) >>> 4;
        v6 = version == 6;
        final int protocol;
        if (v6) {
            if (frame.length < ip + IPV6_BYTES) {
                return false;
            }
            tcp = ip + IPV6_BYTES;
            end = tcp + (b.getShort(ip + 4, BIG_ENDIAN) & 0xFFFF);
            protocol = b.getByte(ip + 6);
        } else {
            tcp = ip + (b.getByte(ip) & 0xF) * 4;
            end = ip + (b.getShort(ip + 2, BIG_ENDIAN) & 0xFFFF);
            protocol = b.getByte(ip + 9);
        }
        if (version != 4 && !v6 || protocol != IpProtocol.TCP || tcp < ip + IPV4_MIN_BYTES || end > frame.length
            || tcp + TCP_MIN_BYTES > end) {
            return false;
        }
        payload = tcp + ((b.getByte(tcp + 12) & 0xF0) >>> 2);
        return payload >= tcp + TCP_MIN_BYTES && payload + frame.gsoSize < end;
    }

    int count() {
        return (end - payload + whole.gsoSize - 1) / whole.gsoSize;
    }

    /** Makes segment {@code index} of {@link #count()}. */
    void cut(final int index, final FrameCopy to) {
        final int from = payload + index * whole.gsoSize;
        final int bytes = Math.min(whole.gsoSize, end - from);
        to.ensureCapacity(payload + bytes);
        to.buffer.putBytes(0, whole.buffer, 0, payload);
        to.buffer.putBytes(payload, whole.buffer, from, bytes);
        to.length = payload + bytes;
        to.gsoSize = 0;
        to.checksumValid = false;
        ipHeader(to, index);
        tcpHeader(to, index);
    }

    private void ipHeader(final FrameCopy to, final int index) {
        final UnsafeBuffer b = to.buffer;
        if (v6) {
            b.putShort(ip + 4, (short) (to.length - tcp), BIG_ENDIAN);
            return;
        }
        b.putShort(ip + 2, (short) (to.length - ip), BIG_ENDIAN);
        b.putShort(ip + 4, (short) (b.getShort(ip + 4, BIG_ENDIAN) + index), BIG_ENDIAN);
        b.putShort(ip + 10, (short) 0);
        b.putShort(ip + 10, (short) Checksum.of(b, ip, tcp - ip), BIG_ENDIAN);
    }

    private void tcpHeader(final FrameCopy to, final int index) {
        final UnsafeBuffer b = to.buffer;
        b.putInt(tcp + 4, b.getInt(tcp + 4, BIG_ENDIAN) + index * whole.gsoSize, BIG_ENDIAN);
        int flags = b.getByte(tcp + 13);
        if (index > 0) {
            flags &= ~CWR;
        }
        if (index < count() - 1) {
            flags &= ~FIN_PSH;
        }
        b.putByte(tcp + 13, (byte) flags);
        // The pseudo header: the two addresses, which stand in a row, the protocol and the length.
        final int addresses = v6 ? ip + 8 : ip + 12;
        final int tcpBytes = to.length - tcp;
        long sum = Checksum.add(IpProtocol.TCP + tcpBytes, b, addresses, v6 ? 32 : 8);
        b.putShort(tcp + 16, (short) 0);
        sum = Checksum.add(sum, b, tcp, tcpBytes);
        b.putShort(tcp + 16, (short) Checksum.finish(sum), BIG_ENDIAN);
    }
}
