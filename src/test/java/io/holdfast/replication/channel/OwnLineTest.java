package io.holdfast.replication.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.ChannelCounter;
import io.holdfast.counters.Counters;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With the kernel's sockets; the times at which it is asked are the test's. */
@Timeout(30)
final class OwnLineTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final byte[] TOKEN = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

    private final Counters counters = new Counters();
    private InetSocketAddress there;
    private OwnLine line;

    @BeforeEach
    void begin() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, LOOPBACK)) {
            there = (InetSocketAddress) free.getLocalSocketAddress();
        }
        line = new OwnLine(Path.REPLICATION, new InetSocketAddress(LOOPBACK, 0), there, counters);
    }

    private long failures() {
        return counters.get(ChannelCounter.LIFELINES_FAILED);
    }

    /** Until it has noticed what became of the attempt. */
    private void untilDue(final long nowNs) {
        while (line.idleNs(nowNs) == Long.MAX_VALUE) {
            Thread.onSpinWait();
            line.poll(nowNs);
        }
    }

    private static void hears(final Socket end) throws IOException {
        assertArrayEquals(LifelineToken.of(TOKEN), end.getInputStream().readNBytes(LifelineToken.BYTES));
    }

    @Test
    void shouldBeTriedAgainLaterAndLater() throws IOException {
        line.begin(TOKEN, 0);
        untilDue(0);
        assertEquals(1, failures());
        assertEquals(OwnLine.FIRST_AGAIN_NS, line.idleNs(0));
        line.poll(OwnLine.FIRST_AGAIN_NS - 1);
        assertEquals(1, line.idleNs(OwnLine.FIRST_AGAIN_NS - 1));
        line.poll(OwnLine.FIRST_AGAIN_NS);
        untilDue(OwnLine.FIRST_AGAIN_NS);
        assertEquals(2, failures());
        assertEquals(2 * OwnLine.FIRST_AGAIN_NS, line.idleNs(OwnLine.FIRST_AGAIN_NS));
        try (ServerSocket server = new ServerSocket(there.getPort(), 1, LOOPBACK)) {
            line.poll(3 * OwnLine.FIRST_AGAIN_NS);
            try (Socket end = server.accept()) {
                hears(end);
            }
        }
        assertEquals(2, failures());
    }

    @Test
    void shouldBeMadeAgainWhenItEndsBeforeItsConnection() throws IOException {
        try (ServerSocket server = new ServerSocket(there.getPort(), 1, LOOPBACK)) {
            line.begin(TOKEN, 0);
            try (Socket end = server.accept()) {
                hears(end);
            }
            untilDue(0);
            line.poll(OwnLine.FIRST_AGAIN_NS);
            try (Socket end = server.accept()) {
                hears(end);
            }
            line.end();
            assertEquals(Long.MAX_VALUE, line.idleNs(OwnLine.MOST_AGAIN_NS));
            assertEquals(0, failures());
        }
    }

    @Test
    void shouldNotBeMadeWhereNobodyWantsIt() {
        line.begin(new byte[TOKEN.length], 0);
        line.poll(OwnLine.MOST_AGAIN_NS);
        assertTrue(line.idleNs(0) == Long.MAX_VALUE && failures() == 0);
    }
}
