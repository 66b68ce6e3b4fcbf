package io.holdfast.lab.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A capture made by hand: a client and two hosts that share the lab's service address. Each call is a frame, a
 * millisecond after the one before.
 */
final class Synthetic {
    static final long HOST_A = 0x0200_0000_000AL;
    static final long HOST_B = 0x0200_0000_000BL;
    static final int CLIENT_ISS = 0xFFFF_FF00; // wraps on the way
    static final int SERVER_ISS = 0x7FFF_FFF0;
    static final int WINDOW_SCALE = 7;

    private static final long VIRTUAL_MAC = 0x0200_0000_0100L;
    private static final long CLIENT_MAC = 0x0200_0000_0001L;
    static final int SERVER_IP = Expectation.ip("10.77.0.100");
    static final int CLIENT_IP = Expectation.ip("10.77.0.1");
    static final int CLIENT_PORT = 40_000;
    static final int SERVER_PORT = 8080;
    static final long START_NS = 1_700_000_000_000_000_000L;

    private final List<Frame> frames = new ArrayList<>();
    private final AtomicLong clock;

    Synthetic() {
        this(new AtomicLong());
    }

    /** @param clock milliseconds; shared by captures that were made at the same time */
    Synthetic(final AtomicLong clock) {
        this.clock = clock;
    }

    /** The varying fields of a segment; offsets are those of the stream, so 0 is the first byte. */
    static final class Tcp {
        int flags = Segment.ACK;
        long offset;
        long ack;
        int window = 1000;
        long tsVal = -1;
        String payload = "";
        long[] sack = {};
        int captured = Integer.MAX_VALUE;

        Tcp at(final long value) {
            offset = value;
            return this;
        }

        Tcp ack(final long value) {
            ack = value;
            return this;
        }

        Tcp window(final int value) {
            window = value;
            return this;
        }

        Tcp ts(final long value) {
            tsVal = value;
            return this;
        }

        Tcp data(final String value) {
            payload = value;
            return this;
        }

        Tcp sack(final long left, final long right) {
            sack = new long[] {left, right};
            return this;
        }

        Tcp flags(final int value) {
            flags = value;
            return this;
        }

        /** Only bytes of the payload that are in the capture. */
        Tcp captured(final int bytes) {
            captured = bytes;
            return this;
        }
    }

    static Tcp tcp() {
        return new Tcp();
    }

    /** SYN, SYN-ACK with scale 7 and timestamps from 100, ACK. */
    Synthetic handshake() {
        client(tcp().flags(Segment.SYN).at(-1).ack(-1 - (long) SERVER_ISS - 1).ts(1));
        server(HOST_A, tcp().flags(Segment.SYN | Segment.ACK).at(-1).ts(100));
        return client(tcp().ts(2));
    }

    Synthetic client(final Tcp tcp) {
        return segment(CLIENT_MAC, tcp, CLIENT_IP, SERVER_IP, CLIENT_PORT, SERVER_PORT, CLIENT_ISS, SERVER_ISS);
    }

    Synthetic server(final long host, final Tcp tcp) {
        return segment(host, tcp, SERVER_IP, CLIENT_IP, SERVER_PORT, CLIENT_PORT, SERVER_ISS, CLIENT_ISS);
    }

    Synthetic announce(final long host) {
        return arp(host, SERVER_IP);
    }

    Synthetic arpReply(final long host) {
        return arp(host, CLIENT_IP);
    }

    Synthetic raw(final byte[] bytes) {
        return frame(bytes, bytes.length);
    }

    private Synthetic arp(final long host, final int targetIp) {
        final ByteBuffer frame = ByteBuffer.allocate(42);
        ethernet(frame, host, 0x0806);
        frame.putInt(0x0001_0800).putShort((short) 0x0604).putShort((short) 2);
        mac(frame, VIRTUAL_MAC);
        frame.putInt(SERVER_IP);
        mac(frame, 0);
        frame.putInt(targetIp);
        return raw(frame.array());
    }

    private Synthetic segment(final long mac, final Tcp tcp, final int from, final int to, final int fromPort,
        final int toPort, final int ownIss, final int peerIss) {
        final ByteBuffer options = ByteBuffer.allocate(40);
        if ((tcp.flags & Segment.SYN) != 0) {
            options.put((byte) 3).put((byte) 3).put((byte) WINDOW_SCALE).put((byte) 1);
        }
        if (tcp.tsVal >= 0) {
            options.put((byte) 1).put((byte) 1).put((byte) 8).put((byte) 10).putInt((int) tcp.tsVal).putInt(0);
        }
        if (tcp.sack.length > 0) {
            options.put((byte) 1).put((byte) 1).put((byte) 5).put((byte) 10)
                .putInt((int) (peerIss + 1 + tcp.sack[0])).putInt((int) (peerIss + 1 + tcp.sack[1]));
        }
        options.flip();
        final byte[] payload = tcp.payload.getBytes(StandardCharsets.US_ASCII);
        final int length = 14 + 20 + 20 + options.limit() + payload.length;
        final ByteBuffer frame = ByteBuffer.allocate(length);
        ethernet(frame, mac, 0x0800);
        frame.putShort((short) 0x4500).putShort((short) (length - 14)).putInt(0).putInt(0x4006_0000)
            .putInt(from).putInt(to);
        frame.putShort((short) fromPort).putShort((short) toPort).putInt((int) (ownIss + 1 + tcp.offset))
            .putInt((int) (peerIss + 1 + tcp.ack)).put((byte) (20 + options.limit() << 2)).put((byte) tcp.flags)
            .putShort((short) tcp.window).putInt(0).put(options).put(payload);
        final int kept = length - payload.length + Math.min(payload.length, tcp.captured);
        return frame(Arrays.copyOf(frame.array(), kept), length);
    }

    private Synthetic frame(final byte[] kept, final int length) {
        frames.add(new Frame(START_NS + clock.getAndIncrement() * 1_000_000L, 0, kept, length));
        return this;
    }

    private static void ethernet(final ByteBuffer frame, final long source, final int type) {
        mac(frame, 0xFFFF_FFFF_FFFFL);
        mac(frame, source);
        frame.putShort((short) type);
    }

    private static void mac(final ByteBuffer frame, final long mac) {
        frame.putShort((short) (mac >>> 32)).putInt((int) mac);
    }

    List<Frame> frames() {
        return frames;
    }

    // --- files ---

    Path writePcap(final Path path, final ByteOrder order, final boolean nanoseconds) throws IOException {
        final ByteBuffer file = buffer(order);
        file.putInt(nanoseconds ? PcapReader.NANOSECONDS : PcapReader.MICROSECONDS)
            .putShort((short) 2).putShort((short) 4).putLong(0).putInt(262_144).putInt(CaptureReader.ETHERNET);
        for (final Frame frame : frames) {
            file.putInt((int) (frame.timeNs() / 1_000_000_000))
                .putInt((int) (frame.timeNs() % 1_000_000_000 / (nanoseconds ? 1 : 1000)))
                .putInt(frame.data().length).putInt(frame.originalLength()).put(frame.data());
        }
        return write(path, file);
    }

    /** Two interfaces, of nanoseconds and of the default resolution; frames go to the first, or by turns to both. */
    Path writePcapng(final Path path, final ByteOrder order, final boolean byTurns) throws IOException {
        final ByteBuffer file = buffer(order);
        file.putInt(PcapngReader.SECTION_HEADER).putInt(28).putInt(0x1A2B3C4D).putInt(1).putLong(-1).putInt(28);
        file.putInt(1).putInt(32).putShort((short) 1).putShort((short) 0).putInt(0)
            .putShort((short) 9).putShort((short) 1).put((byte) 9).put(new byte[3]).putInt(0).putInt(32);
        file.putInt(1).putInt(20).putShort((short) 1).putShort((short) 0).putInt(0).putInt(20);
        file.putInt(4).putInt(16).putInt(0).putInt(16); // name resolution: passed over
        for (int i = 0; i < frames.size(); i++) {
            final Frame frame = frames.get(i);
            final int port = byTurns ? i % 2 : 0;
            final long ticks = port == 0 ? frame.timeNs() : frame.timeNs() / 1000;
            final int padded = frame.data().length + 3 & ~3;
            file.putInt(6).putInt(padded + 32).putInt(port).putInt((int) (ticks >>> 32)).putInt((int) ticks)
                .putInt(frame.data().length).putInt(frame.originalLength()).put(frame.data())
                .put(new byte[padded - frame.data().length]).putInt(padded + 32);
        }
        return write(path, file);
    }

    private static ByteBuffer buffer(final ByteOrder order) {
        return ByteBuffer.allocate(1 << 20).order(order);
    }

    private static Path write(final Path path, final ByteBuffer file) throws IOException {
        return Files.write(path, Arrays.copyOf(file.array(), file.position()));
    }
}
