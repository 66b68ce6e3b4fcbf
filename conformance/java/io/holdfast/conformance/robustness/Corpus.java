package io.holdfast.conformance.robustness;

import io.holdfast.conformance.packet.TcpFlags;
import io.holdfast.conformance.packet.TcpOption;
import io.holdfast.link.tap.VnetFrames;
import io.holdfast.replication.log.LogSamples;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The corpus in {@code conformance/corpus}: read by the tests, and its first entries written by {@code main}. */
final class Corpus {
    static final Path DIRECTORY = Path.of("conformance/corpus");
    private static final List<TcpOption> STAMP = List.of(TcpOption.of("nop"), TcpOption.of("nop"), TcpOption.of("TS", 102L, 0L));

    private Corpus() {
    }

    static List<byte[]> of(final Targets target) throws IOException {
        final List<byte[]> entries = new ArrayList<>();
        try (Stream<Path> files = Files.list(DIRECTORY.resolve(target.directory()))) {
            for (final Path file : files.sorted().toList()) {
                entries.add(Files.readAllBytes(file));
            }
        }
        return entries;
    }

    /** Writes the first entries: what is right, for mutations to start from. */
    public static void main(final String[] arguments) throws IOException {
        write(Targets.FRAMES, "data", frames(data(1, 1), data(1, 1001)));
        write(Targets.FRAMES, "out-of-order", frames(data(1, 2001), data(1, 1001), data(1, 1)));
        write(Targets.FRAMES, "ack-and-sack", frames(record(0x80, ack(1)), record(0x83, sack()), record(7, ack(3001))));
        write(Targets.FRAMES, "fin", frames(record(0, Frames.tcp(TcpFlags.FIN | TcpFlags.ACK, 1, 1, 0, STAMP, 100)),
            record(9, ack(1))));
        write(Targets.FRAMES, "reset", frames(record(0, Frames.tcp(TcpFlags.RST, 100, 0, 0, List.of(), 0)),
            record(0, Frames.tcp(TcpFlags.RST, 1, 0, 0, List.of(), 0))));
        write(Targets.FRAMES, "syn", frames(record(0, Frames.syn()), record(0, Frames.arpRequest())));
        write(Targets.FRAMES, "super-segment", frames(record(0, superSegment())));
        write(Targets.FRAMES, "offloads", frames(record(FrameTarget.OFFLOADS | FrameTarget.WRITES, ack(1)),
            record(FrameTarget.WRITES, sack()), record(7, ack(3001)), record(0, echo())));
        write(Targets.FRAMES, "fragments", frames(record(0, fragment(0)), record(0, fragment(1))));
        write(Targets.FRAMES, "icmp", frames(record(0x80, ack(1)), record(0, icmpError()), record(4, echo())));
        final byte[] segment = Frames.tcp(TcpFlags.ACK, 1, 1, 0, List.of(TcpOption.of("nop"), TcpOption.of("nop"),
            TcpOption.of("TS", 1L, 2L), TcpOption.of("nop"), TcpOption.of("nop"), TcpOption.of("sack", 1L, 2L, 5L, 9L)), 10);
        write(Targets.OPTIONS, "sack", Arrays.copyOfRange(segment, VnetFrames.HEADER_BYTES + 34, segment.length));
        final byte[] syn = Frames.syn();
        write(Targets.OPTIONS, "syn", Arrays.copyOfRange(syn, VnetFrames.HEADER_BYTES + 34, syn.length));
        // Not padded, three ranges stand beside the other options; padded, there is room for two.
        write(Targets.OPTIONS, "three-ranges", new byte[] {0, 80, (byte) 156, 64, 0, 0, 0, 1, 0, 0, 0, 0, (byte) 0xF0,
            TcpFlags.SYN, 16, 0, 0, 0, 0, 0, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 3, 3, 7, 5, 26, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3,
            0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 6, 0});
        for (int seed = 0; seed < 3; seed++) {
            final ByteArrayOutputStream session = new ByteArrayOutputStream();
            for (final byte[] message : LogSamples.session(seed)) {
                session.write(message.length >> 8);
                session.write(message.length);
                session.writeBytes(message);
            }
            write(Targets.REPLICATION, "session-" + seed, session.toByteArray());
        }
        write(Targets.PROPERTIES, "stack", ("stack.addresses = 10.77.0.100, 10.77.0.101\nlink.mtu = 1500\nlink.mac=02:00:00:00:00:01\n"
            + "link.vnet_hdr=auto\ntcp.congestion=reno\nlink.fault.loss = 0.5\nstack.threading=shared\n").getBytes(StandardCharsets.UTF_8));
        write(Targets.PROPERTIES, "replication", ("replication.mode = hot\nreplication.node=a\nreplication.listen=10.78.0.11:7400\n"
            + "replication.detect_ms: 100\n").getBytes(StandardCharsets.UTF_8));
    }

    private static void write(final Targets target, final String name, final byte[] bytes) throws IOException {
        final Path directory = DIRECTORY.resolve(target.directory());
        Files.createDirectories(directory);
        Files.write(directory.resolve(name), bytes);
    }

    private static byte[] frames(final byte[]... records) {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (final byte[] record : records) {
            all.writeBytes(record);
        }
        return all.toByteArray();
    }

    private static byte[] record(final int control, final byte[] frame) {
        final ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.write(control);
        record.write(frame.length >> 8);
        record.write(frame.length);
        record.writeBytes(frame);
        return record.toByteArray();
    }

    private static byte[] data(final int ack, final int seq) {
        return record(0, Frames.tcp(TcpFlags.ACK | TcpFlags.PSH, seq, ack, 0, STAMP, 1_000));
    }

    private static byte[] ack(final int ack) {
        return Frames.tcp(TcpFlags.ACK, 1, ack, 0, STAMP, 0);
    }

    private static byte[] sack() {
        return Frames.tcp(TcpFlags.ACK, 1, 1, 0, List.of(TcpOption.of("nop"), TcpOption.of("nop"), TcpOption.of("TS", 103L, 0L),
            TcpOption.of("nop"), TcpOption.of("nop"), TcpOption.of("sack", 1449L, 2897L)), 0);
    }

    /** Three segments that the device put together, its checksum partial. */
    private static byte[] superSegment() {
        final byte[] frame = Frames.tcp(TcpFlags.ACK | TcpFlags.PSH, 1, 1, 0, STAMP, 4_000);
        final ByteBuffer header = ByteBuffer.wrap(frame).order(ByteOrder.nativeOrder());
        header.put(0, (byte) 1).put(1, (byte) 1).putShort(2, (short) 66).putShort(4, (short) 1448).putShort(6, (short) 34)
            .putShort(8, (short) 16);
        return frame;
    }

    private static byte[] fragment(final int index) {
        final byte[] frame = Frames.ip(Frames.builder().fragments(Frames.segment(TcpFlags.ACK, 1, 1, 0, STAMP, 100), 64, 7).get(index));
        frame[0] = 0;
        return frame;
    }

    private static byte[] icmpError() {
        final byte[] quoted = Frames.quoted(1);
        final byte[] frame = Frames.ip(Frames.builder().icmpError(3, 4, 1000, quoted));
        frame[0] = 0;
        return frame;
    }

    private static byte[] echo() {
        final byte[] frame = Frames.ip(Frames.builder().icmpError(8, 0, 1, Frames.quoted(1)));
        frame[0] = 0;
        return frame;
    }
}
