package io.holdfast.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.config.StackConfig;
import io.holdfast.counters.StackCounter;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.OutboundFrame;
import io.holdfast.link.memory.MemoryHub;
import io.holdfast.link.memory.MemoryLink;
import io.holdfast.util.SeededRandom;
import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames of any content beside a connection that must not notice. */
final class HostileInputTest {
    private static final int FRAMES = 20_000;
    private static final long STRANGER = 0x02_00_00_00_00_66L;
    private static final long OURS = 0x02_00_00_00_00_02L;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldOutliveAnyBytes(final long seed) throws Exception {
        final MemoryHub hub = new MemoryHub();
        final MemoryLink serverLink = hub.attach(LinkCapabilities.plainEthernet(1500, OURS));
        final MemoryLink stranger = hub.attach(LinkCapabilities.plainEthernet(1500, STRANGER));
        final SeededRandom random = new SeededRandom(seed);
        try (HoldfastStack server = HoldfastStack.start(TwoHosts.config(TwoHosts.SERVER, serverLink, seed,
            StackConfig.Threading.INVOKER, c -> {
            }))) {
            final ListenerSocket listener = server.openListener();
            listener.bind(TwoHosts.at(TwoHosts.SERVER, 80));
            listener.listen(16);
            final DatagramSocket datagrams = server.openDatagram();
            datagrams.bind(TwoHosts.at(TwoHosts.SERVER, 80));
            final OutboundFrame frame = new OutboundFrame();
            long nowNs = 0;
            for (int i = 0; i < FRAMES; i++) {
                fill(frame, random);
                stranger.transmit(frame);
                nowNs += random.nextInt(2_000_000);
                server.invoke(nowNs);
                final StreamSocket accepted = listener.accept();
                if (accepted != null) {
                    accepted.read(ByteBuffer.allocate(100));
                }
            }
            assertEquals(0, server.counters().get(StackCounter.FRAME_HANDLER_ERRORS));
            assertEquals(0, server.counters().get(StackCounter.CONNECTION_ERRORS));
            assertTrue(server.counters().get(StackCounter.DUTY_CYCLES) >= FRAMES);
        }
    }

    /** Well formed up to some place, and random from there on; checksums are right more often than not. */
    private static void fill(final OutboundFrame frame, final SeededRandom random) {
        frame.clear();
        final int depth = random.nextInt(4);
        final int length = 14 + random.nextInt(depth == 0 ? 60 : 200);
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) random.nextInt(256);
        }
        put(bytes, 0, OURS >>> 16, 4);
        put(bytes, 4, OURS & 0xFFFF, 2);
        put(bytes, 6, STRANGER >>> 16, 4);
        put(bytes, 10, STRANGER & 0xFFFF, 2);
        if (depth > 0) {
            put(bytes, 12, 0x0800, 2);
        }
        if (depth > 1 && length >= 34) {
            final int[] protocols = {1, 6, 6, 6, 17};
            put(bytes, 14, 0x4500, 2);
            put(bytes, 16, length - 14, 2);
            put(bytes, 20, random.nextInt(8) == 0 ? random.nextInt(65_536) : 0, 2);
            bytes[22] = 64;
            bytes[23] = (byte) protocols[random.nextInt(protocols.length)];
            put(bytes, 26, 0x0A000001, 4);
            put(bytes, 30, 0x0A000002, 4);
            put(bytes, 24, 0, 2);
            put(bytes, 24, checksum(bytes, 14, 34, 0), 2);
            if (depth > 2 && length >= 54) {
                transport(bytes, random);
            }
        }
        frame.buffer.putBytes(frame.start, bytes);
        frame.end = frame.start + length;
    }

    private static void transport(final byte[] bytes, final SeededRandom random) {
        put(bytes, 34, 1024 + random.nextInt(4), 2);
        put(bytes, 36, 80, 2);
        final int length = bytes.length - 34;
        if (bytes[23] == 6) {
            put(bytes, 38, random.nextInt(4) << 8, 4);
            bytes[46] = (byte) (5 + random.nextInt(random.nextInt(3) == 0 ? 11 : 2) << 4);
            bytes[47] = (byte) (random.nextInt(2) == 0 ? 2 : random.nextInt(64));
            put(bytes, 50, 0, 2);
            put(bytes, 50, checksum(bytes, 34, bytes.length, pseudo(6, length)), 2);
        } else if (bytes[23] == 17) {
            put(bytes, 38, length, 2);
            put(bytes, 40, 0, 2);
        } else {
            bytes[34] = (byte) random.nextInt(16);
            put(bytes, 36, 0, 2);
            put(bytes, 36, checksum(bytes, 34, bytes.length, 0), 2);
        }
    }

    private static long pseudo(final int protocol, final int length) {
        return 0x0A00 + 0x0001 + 0x0A00 + 0x0002 + protocol + length;
    }

    private static int checksum(final byte[] bytes, final int from, final int to, final long initial) {
        long sum = initial;
        for (int i = from; i < to; i += 2) {
            sum += (bytes[i] & 0xFF) << 8 | (i + 1 < to ? bytes[i + 1] & 0xFF : 0);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return (int) ~sum & 0xFFFF;
    }

    private static void put(final byte[] bytes, final int at, final long value, final int length) {
        for (int i = 0; i < length; i++) {
            bytes[at + i] = (byte) (value >>> 8 * (length - 1 - i));
        }
    }
}
