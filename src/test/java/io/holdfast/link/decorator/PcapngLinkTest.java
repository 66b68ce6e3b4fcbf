package io.holdfast.link.decorator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.Counters;
import io.holdfast.counters.LinkCounter;
import io.holdfast.link.FrameSlot;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.OutboundFrame;
import io.holdfast.link.memory.MemoryLink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PcapngLinkTest {
    private static final long TIME_NS = 1_700_000_000_123_456_789L;

    @TempDir
    private Path directory;
    private final Counters counters = new Counters();
    private final LinkCapabilities offloads = LinkCapabilities.plainEthernet(1500, 2).withOffloads(true, true);
    private final MemoryLink.Pair pair = MemoryLink.pair(offloads, offloads);
    private final PcapngLink link = new PcapngLink(pair.left(), counters, () -> TIME_NS);
    private final OutboundFrame frame = new OutboundFrame();
    private final FrameSlot slot = new FrameSlot();

    @Test
    void shouldWriteBothDirectionsAsTheyCrossed() throws IOException {
        final Path file = directory.resolve("capture.pcapng");
        send(10);
        link.start(file);
        send(61);
        pair.right().transmit(frameOf(62));
        assertTrue(link.receive(slot));
        link.stop();
        send(10);

        final List<ByteBuffer> blocks = blocks(file);
        assertEquals(4, blocks.size());
        assertEquals(0x0A0D0D0A, blocks.get(0).getInt(0));
        assertEquals(1, blocks.get(1).getInt(0));
        assertPacket(blocks.get(2), 61, PcapngWriter.OUTBOUND);
        assertPacket(blocks.get(3), 62, PcapngWriter.INBOUND);
    }

    private static void assertPacket(final ByteBuffer block, final int length, final int direction) {
        assertEquals(6, block.getInt(0));
        assertEquals(TIME_NS, (long) block.getInt(12) << 32 | block.getInt(16) & 0xFFFF_FFFFL);
        assertEquals(length, block.getInt(20));
        assertEquals(length, block.getInt(24));
        for (int i = 14; i < length; i++) {
            assertEquals((byte) i, block.get(28 + i));
        }
        final int options = 28 + (length + 3 & ~3);
        assertEquals(2, block.getShort(options));
        assertEquals(4, block.getShort(options + 2));
        assertEquals(direction, block.getInt(options + 4));
    }

    @Test
    void shouldGatherPartsAndKeepSuperSegments() throws IOException {
        final Path file = directory.resolve("super.pcapng");
        link.start(file);
        final UnsafeBuffer payload = new UnsafeBuffer(ByteBuffer.allocateDirect(60_000));
        for (int i = 0; i < 60_000; i++) {
            payload.putByte(i, (byte) (i + 54));
        }
        for (int i = 0; i < 20; i++) {
            frameOf(54);
            frame.addPart(payload.addressOffset(), 25_000);
            frame.addPart(payload.addressOffset() + 25_000, 35_000);
            frame.checksumStart = frame.start + 34;
            frame.gsoSize = 1448;
            assertTrue(link.transmit(frame));
        }
        link.flush();
        final List<ByteBuffer> blocks = blocks(file);
        assertEquals(22, blocks.size());
        assertPacket(blocks.get(21), 60_054, PcapngWriter.OUTBOUND);
        link.stop();
    }

    @Test
    void shouldWriteOutBeforeASleep() throws IOException {
        final Path file = directory.resolve("sleep.pcapng");
        link.start(file);
        send(60);
        assertEquals(2, blocks(file).size());
        link.await(1);
        assertEquals(3, blocks(file).size());
        link.close();
    }

    /** Programs' threads run the shard, and may be interrupted for reasons of their own. */
    @Test
    void shouldGoOnInAThreadThatIsInterrupted() throws IOException {
        final Path file = directory.resolve("interrupted.pcapng");
        link.start(file);
        Thread.currentThread().interrupt();
        send(60);
        link.await(1);
        send(61);
        link.await(1);
        assertTrue(Thread.interrupted());
        assertEquals(4, blocks(file).size());
        link.stop();
    }

    @Test
    void shouldRefuseASecondCaptureAndStartAnother() throws IOException {
        link.stop();
        link.start(directory.resolve("one"));
        assertThrows(IllegalStateException.class, () -> link.start(directory.resolve("two")));
        link.stop();
        link.start(directory.resolve("two"));
        send(60);
        link.stop();
        assertEquals(2, blocks(directory.resolve("one")).size());
        assertEquals(3, blocks(directory.resolve("two")).size());
    }

    @Test
    void shouldCarryOnWithoutAFileThatCannotBeWritten() throws IOException {
        final Path full = Path.of("/dev/full");
        Assumptions.assumeTrue(Files.exists(full));
        assertThrows(IOException.class, () -> link.start(full));
        send(60);
        assertEquals(0, counters.get(LinkCounter.CAPTURE_DROPPED));
    }

    @Test
    void shouldBeReadableByTcpdump() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/tcpdump")));
        final Path file = directory.resolve("arp.pcapng");
        link.start(file);
        arpRequest();
        assertTrue(link.transmit(frame));
        pair.right().transmit(frame);
        assertTrue(link.receive(slot));
        link.stop();
        final Process process = new ProcessBuilder("/usr/bin/tcpdump", "-nn", "-tt", "--nano", "-r", file.toString()).start();
        final String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor());
        final List<String> lines = text.lines().toList();
        assertEquals(2, lines.size(), text);
        assertTrue(lines.get(0).contains("1700000000.123456789")
            && lines.get(0).contains("Request who-has 10.77.0.1 tell 10.77.0.100"), text);
    }

    private void arpRequest() {
        frameOf(60);
        frame.buffer.setMemory(frame.start, 60, (byte) 0);
        frame.buffer.putLong(frame.start, 0xFFFF_FFFF_FFFF_0200L, ByteOrder.BIG_ENDIAN);
        frame.buffer.putLong(frame.start + 12, 0x0806_0001_0800_0604L, ByteOrder.BIG_ENDIAN);
        frame.buffer.putShort(frame.start + 20, (short) 1, ByteOrder.BIG_ENDIAN);
        frame.buffer.putInt(frame.start + 28, 0x0A4D_0064, ByteOrder.BIG_ENDIAN);
        frame.buffer.putInt(frame.start + 38, 0x0A4D_0001, ByteOrder.BIG_ENDIAN);
    }

    private void send(final int length) {
        assertTrue(link.transmit(frameOf(length)));
    }

    private OutboundFrame frameOf(final int length) {
        frame.clear();
        for (int i = 0; i < length; i++) {
            frame.buffer.putByte(frame.start + i, (byte) i);
        }
        frame.end += length;
        return frame;
    }

    /** Walks the file by the lengths at both ends of each block. */
    private static List<ByteBuffer> blocks(final Path file) throws IOException {
        final ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
        final List<ByteBuffer> blocks = new ArrayList<>();
        int at = 0;
        while (at < all.capacity()) {
            final int length = all.getInt(at + 4);
            assertEquals(0, length & 3);
            assertEquals(length, all.getInt(at + length - 4));
            blocks.add(all.slice(at, length).order(ByteOrder.nativeOrder()));
            at += length;
        }
        return blocks;
    }
}
