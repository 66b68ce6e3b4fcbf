package io.holdfast.link.tap;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.link.FrameSlot;
import io.holdfast.link.OutboundFrame;
import io.holdfast.wire.Checksum;
import io.holdfast.wire.EthernetHeader;
import io.holdfast.wire.IpAddress;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;

/** Just enough of a host at 10.99.0.2 to talk with the kernel at 10.99.0.1 over a lossless link; not a stack. */
final class TapPeer {
    private static final int KERNEL = 0x0A63_0001;
    private static final int OURS = 0x0A63_0002;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(10);
    private static final int FIN_SYN = 3;
    private static final int SYN_ACK = 0x12;
    private static final int ACK = 0x10;

    final OutboundFrame frame = new OutboundFrame();
    private final TapLink link;
    private int ourPort;
    private int kernelPort;
    private int sndNxt;
    private int rcvNxt;

    TapPeer(final TapLink link) {
        this.link = link;
    }

    void drain(final FrameSlot slot) {
        while (link.receive(slot)) {
            assertTrue(slot.length > 0);
        }
    }

    /** Waits for an IPv4 frame of that protocol. */
    void awaitFrame(final FrameSlot slot, final int protocol) {
        final long start = System.nanoTime();
        while (System.nanoTime() - start < LIMIT_NS) {
            if (!link.receive(slot)) {
                link.await(LIMIT_NS);
            } else if (slot.buffer.getShort(slot.offset + 12, BIG_ENDIAN) == 0x0800
                && slot.buffer.getByte(slot.offset + 23) == protocol) {
                return;
            }
        }
        throw new AssertionError("no frame of protocol " + protocol);
    }

    /** Starts a frame: Ethernet and IPv4 headers, and room for a transport header. */
    void frame(final int protocol, final int transportBytes) {
        frame(protocol, transportBytes, 0);
    }

    private void frame(final int protocol, final int transportBytes, final int payloadBytes) {
        frame.clear();
        final UnsafeBuffer b = frame.buffer;
        final int at = frame.prepend(34 + transportBytes);
        b.setMemory(at, 34 + transportBytes, (byte) 0);
        EthernetHeader.write(b, at, link.interfaceMac(), link.capabilities().macAddress(), EthernetHeader.TYPE_IPV4);
        b.putByte(at + 14, (byte) 0x45);
        b.putShort(at + 16, (short) (20 + transportBytes + payloadBytes), BIG_ENDIAN);
        b.putByte(at + 22, (byte) 64);
        b.putByte(at + 23, (byte) protocol);
        b.putInt(at + 26, OURS, BIG_ENDIAN);
        b.putInt(at + 30, KERNEL, BIG_ENDIAN);
        b.putShort(at + 24, (short) Checksum.of(b, at + 14, 20), BIG_ENDIAN);
    }

    void udp(final int from, final int to, final UnsafeBuffer first, final UnsafeBuffer rest, final boolean partial) {
        final int bytes = 8 + first.capacity() + rest.capacity();
        frame(17, 8, bytes - 8);
        final int at = frame.start + 34;
        frame.buffer.putShort(at, (short) from, BIG_ENDIAN);
        frame.buffer.putShort(at + 2, (short) to, BIG_ENDIAN);
        frame.buffer.putShort(at + 4, (short) bytes, BIG_ENDIAN);
        frame.addPart(first.addressOffset(), first.capacity());
        frame.addPart(rest.addressOffset(), rest.capacity());
        if (partial) {
            partialChecksum(17, at, 6, bytes);
        } else {
            long sum = Checksum.add(pseudoHeader(17, bytes), frame.buffer, at, 8);
            sum = Checksum.add(sum, first, 0, first.capacity());
            sum = Checksum.addAt(sum, 8 + first.capacity(), rest, 0, rest.capacity());
            frame.buffer.putShort(at + 6, (short) Checksum.finish(sum), BIG_ENDIAN);
        }
    }

    void echoRequest(final UnsafeBuffer payload, final int sequence) {
        frame(1, 8, payload.capacity());
        final int at = frame.start + 34;
        frame.buffer.putByte(at, (byte) 8);
        frame.buffer.putShort(at + 6, (short) sequence, BIG_ENDIAN);
        final long sum = Checksum.add(Checksum.add(0, frame.buffer, at, 8), payload, 0, payload.capacity());
        frame.buffer.putShort(at + 2, (short) Checksum.finish(sum), BIG_ENDIAN);
        frame.addPart(payload.addressOffset(), payload.capacity());
    }

    /** Answers a SYN; offers no option but the segment size. */
    void acceptTcp(final FrameSlot slot, final int mss) {
        final int tcp = slot.offset + 34;
        kernelPort = slot.buffer.getShort(tcp, BIG_ENDIAN) & 0xFFFF;
        ourPort = slot.buffer.getShort(tcp + 2, BIG_ENDIAN) & 0xFFFF;
        rcvNxt = slot.buffer.getInt(tcp + 4, BIG_ENDIAN) + 1;
        sndNxt = 1000;
        frame(6, 24);
        frame.buffer.putInt(frame.start + 54, 0x0204_0000 | mss, BIG_ENDIAN);
        tcpHeader(SYN_ACK, 24, 24);
        assertTrue(link.transmit(frame));
        sndNxt++;
    }

    /** Acknowledges what came in order; returns how many bytes that was. */
    int takeTcp(final FrameSlot slot) {
        final int tcp = slot.offset + 34;
        final int headerBytes = (slot.buffer.getByte(tcp + 12) & 0xF0) >>> 2;
        final int bytes = (slot.buffer.getShort(slot.offset + 16, BIG_ENDIAN) & 0xFFFF) - 20 - headerBytes;
        if (bytes == 0 || slot.buffer.getInt(tcp + 4, BIG_ENDIAN) != rcvNxt
            || (slot.buffer.getByte(tcp + 13) & FIN_SYN) != 0) {
            return 0;
        }
        rcvNxt += bytes;
        frame(6, 20);
        tcpHeader(ACK, 20, 20);
        assertTrue(link.transmit(frame));
        return bytes;
    }

    /** Makes one super-segment of data. */
    void tcpData(final UnsafeBuffer data, final int offset, final int length, final int mss) {
        frame(6, 20, length);
        tcpHeader(ACK, 20, 20 + length);
        frame.addPart(data.addressOffset() + offset, length);
        frame.gsoSize = mss;
        sndNxt += length;
    }

    private void tcpHeader(final int flags, final int headerBytes, final int tcpBytes) {
        final int tcp = frame.start + 34;
        final UnsafeBuffer b = frame.buffer;
        b.putShort(tcp, (short) ourPort, BIG_ENDIAN);
        b.putShort(tcp + 2, (short) kernelPort, BIG_ENDIAN);
        b.putInt(tcp + 4, sndNxt, BIG_ENDIAN);
        b.putInt(tcp + 8, rcvNxt, BIG_ENDIAN);
        b.putByte(tcp + 12, (byte) (headerBytes << 2));
        b.putByte(tcp + 13, (byte) flags);
        b.putShort(tcp + 14, (short) 65_535, BIG_ENDIAN);
        partialChecksum(6, tcp, 16, tcpBytes);
    }

    private void partialChecksum(final int protocol, final int at, final int field, final int bytes) {
        frame.checksumStart = at;
        frame.checksumOffset = field;
        frame.buffer.putShort(at + field, (short) Checksum.fold(pseudoHeader(protocol, bytes)), BIG_ENDIAN);
    }

    private static long pseudoHeader(final int protocol, final int bytes) {
        return Checksum.pseudoHeader(0, IpAddress.v4Lo(OURS), 0, IpAddress.v4Lo(KERNEL), protocol, bytes);
    }
}
