package io.holdfast.nio.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What ends a call of {@code socket()} that blocks, and with which exception; and how long a close may take with SO_LINGER. */
class AdaptorEndParityTest extends ParityTest {
    private static final int LINGER_S = 7;
    private static final long AT_ONCE_NS = 2_000_000_000L;

    /** The exceptions are those of the JDK's own sockets, which the same test runs on. */
    @ParameterizedTest
    @CsvSource({
        "accept, 0,       INTERRUPT, ClosedByInterruptException",
        "accept, 20000,   INTERRUPT, ClosedByInterruptException",
        "accept, 0,       CLOSE,     AsynchronousCloseException",
        "accept, 20000,   CLOSE,     AsynchronousCloseException",
        "accept, 0,       BEFORE,    ClosedByInterruptException",
        "accept, 20000,   BEFORE,    ClosedByInterruptException",
        "accept, 0,       CLOSED,    ClosedChannelException",
        "accept, 20000,   CLOSED,    ClosedChannelException",
        "read,   0,       INTERRUPT, ClosedByInterruptException",
        "read,   20000,   INTERRUPT, ClosedByInterruptException",
        "read,   0,       CLOSE,     AsynchronousCloseException",
        "read,   20000,   CLOSE,     AsynchronousCloseException",
        "read,   0,       CLOSED,    ClosedChannelException",
        "read,   20000,   CLOSED,    ClosedChannelException"
    })
    void shouldEndWithTheJdksException(final String call, final int timeoutMs, final String how, final String expected) throws Exception {
        final ServerSocketChannel listener = listen();
        final SocketChannel server = connect(listener).server();
        listener.socket().setSoTimeout(timeoutMs);
        server.socket().setSoTimeout(timeoutMs);
        final var in = server.socket().getInputStream();
        final var blocked = call.equals("accept") ? listener : server;
        if (how.equals("CLOSED")) {
            blocked.close();
        }
        final Background<Object> run = Background.run(() -> {
            if (how.equals("BEFORE")) {
                Thread.currentThread().interrupt();
            }
            return call.equals("accept") ? listener.socket().accept() : (Object) in.read();
        });
        if (how.equals("INTERRUPT")) {
            run.interrupt();
        } else if (how.equals("CLOSE")) {
            blocked.close();
        }
        assertInstanceOf(Class.forName("java.nio.channels." + expected), run.failure());
        assertFalse(blocked.isOpen());
        assertEquals(!how.startsWith("CLOSE"), run.interruptedAtEnd());
    }

    /** The peer has acknowledged the FIN, and keeps its own end open: there is nothing left to wait for. */
    @ParameterizedTest
    @ValueSource(strings = {"blocking", "non-blocking", "socket"})
    void shouldNotLingerForThePeersEnd(final String how) throws Exception {
        final SocketChannel server = connect().server();
        server.setOption(StandardSocketOptions.SO_LINGER, LINGER_S);
        server.configureBlocking(!how.equals("non-blocking"));
        final long startNs = System.nanoTime();
        if (how.equals("socket")) {
            server.socket().close();
        } else {
            server.close();
        }
        final long tookNs = System.nanoTime() - startNs;
        assertTrue(tookNs < AT_ONCE_NS, "it took " + tookNs / 1_000_000 + " ms");
    }
}
