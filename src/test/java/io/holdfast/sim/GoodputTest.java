package io.holdfast.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.socket.StreamSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Goodput over loss, delay and receive buffer, as numbers that do not change unless the behaviour does: on a path of 100
 * Mbit/s with a queue of 100 frames, in virtual time. Read a difference, and if it is wanted, keep it by running with
 * {@code -Dholdfast.golden.update=true}.
 */
@Tag("worlds")
final class GoodputTest {
    private static final Path GOLDEN = Path.of("src/test/resources/io/holdfast/sim/goodput.txt");
    private static final double[] LOSS = {0, 0.001, 0.01, 0.03};
    private static final int[] DELAY_MS = {1, 20};
    private static final int[] BUFFER_KIB = {64, 6_144};
    private static final int BYTES = 2 * 1024 * 1024;
    private static final long RATE = 100_000_000L;

    @Test
    void shouldEqualGolden() throws IOException {
        final List<Supplier<String>> cells = new ArrayList<>();
        for (final String congestion : new String[] {"cubic", "reno"}) {
            for (final double loss : LOSS) {
                for (final int delay : DELAY_MS) {
                    for (final int buffer : BUFFER_KIB) {
                        cells.add(() -> String.format(Locale.ROOT, "%-5s %5.3f %3d %5d %7.2f%n", congestion, loss, delay,
                            buffer, goodput(congestion, loss, delay, buffer)));
                    }
                }
            }
        }
        final String table = "congestion loss one-way-ms receive-buffer-KiB goodput-Mbit/s\n"
            + cells.parallelStream().map(Supplier::get).collect(Collectors.joining());
        if (Boolean.getBoolean("holdfast.golden.update")) {
            Files.writeString(GOLDEN, table);
        }
        assertEquals(Files.readString(GOLDEN, StandardCharsets.UTF_8), table);
    }

    /** Megabits a second of payload, from the SYN to the last byte read. */
    private static double goodput(final String congestion, final double loss, final int delayMs, final int bufferKib) {
        try (World world = new World(1)) {
            for (int host = 0; host < 2; host++) {
                world.addHost(1_500, config -> {
                    config.tcp.congestion = congestion;
                    config.tcp.receiveBufferMaxBytes = bufferKib * 1_024;
                    config.tcp.receiveBufferBytes = Math.min(config.tcp.receiveBufferBytes, bufferKib * 1_024);
                });
            }
            world.faults(new Faults(loss, 0, 0, 0, delayMs * 1_000_000L, 0, RATE, 100));
            final Talk[] reader = new Talk[1];
            world.listen(1, 80, 8, socket -> {
                reader[0] = new Bulk(socket, 0, BYTES);
                world.talks.add(reader[0]);
            });
            final StreamSocket client = world.stacks.get(0).openStream();
            client.connect(World.at(1, 80));
            world.talks.add(new Bulk(client, BYTES, 0));
            final long start = world.nowNs;
            world.run(start + 3_600_000_000_000L);
            return BYTES * 8_000.0 / (reader[0].readAllNs - start);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An application without whims. */
    private static final class Bulk extends Talk {
        Bulk(final StreamSocket socket, final long toWrite, final long toRead) {
            super("bulk", socket, 1, 1, toWrite, toRead, null);
        }
    }
}
