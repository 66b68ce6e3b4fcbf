package io.holdfast.os;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** With the kernel's sockets, on loopback: what the kernel does for the peer of a process that dies depends on who has them. */
final class LifelineTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(LOOPBACK, 0);
    private static final byte[] WORDS = {1, 2, 3};
    private static final long PATIENCE_NS = 30_000_000_000L;

    @Test
    void shouldSayItsWordsAndHoldNothingButItsSocket() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
            final Lifeline line = Lifeline.open(ANY_PORT, (InetSocketAddress) server.getLocalSocketAddress(), WORDS);
            try (Socket end = server.accept()) {
                assertArrayEquals(WORDS, end.getInputStream().readNBytes(WORDS.length));
                until(line::said);
                assertNull(line.failure());
                assertEquals(List.of("0", "1", "2", "3"), descriptorsOfItsThread());
            }
            until(() -> thread() == null);
        }
    }

    @Test
    void shouldTellWhyThereIsNone() throws IOException {
        final InetSocketAddress nobody;
        try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
            nobody = (InetSocketAddress) server.getLocalSocketAddress();
        }
        final Lifeline line = Lifeline.open(ANY_PORT, nobody, WORDS);
        until(() -> line.failure() != null);
        assertEquals("connecting it: ECONNREFUSED 111", line.failure());
        assertTrue(!line.said());
        until(() -> thread() == null);
    }

    private static List<String> descriptorsOfItsThread() throws IOException {
        final List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(thread().resolve("fd"))) {
            all.forEach(one -> found.add(one.getFileName().toString()));
        }
        Collections.sort(found);
        return found;
    }

    /** The kernel's directory of the lifeline's thread; null if there is none. */
    private static Path thread() {
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (final Path task : tasks) {
                if (Files.readString(task.resolve("comm")).startsWith("holdfast-lifeli")) {
                    return task;
                }
            }
            return null;
        } catch (final IOException e) {
            return null; // A thread ended in the meantime.
        }
    }

    private static void until(final BooleanSupplier condition) {
        final long startNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
            if (System.nanoTime() - startNs > PATIENCE_NS) {
                fail("waited in vain");
            }
        }
    }
}
