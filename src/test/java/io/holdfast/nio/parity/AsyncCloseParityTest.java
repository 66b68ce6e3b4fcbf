package io.holdfast.nio.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;

/** Threads that block in a channel while another closes it or interrupts them. */
class AsyncCloseParityTest extends ParityTest {
    @Test
    void shouldEndABlockedReadWhenClosed() throws Exception {
        final Pair pair = connect();
        final Background<Integer> reader = Background.run(() -> pair.server().read(ByteBuffer.allocate(1)));
        pair.server().close();
        assertEquals(AsynchronousCloseException.class, reader.failure().getClass());
        assertEquals(-1, pair.client().read(ByteBuffer.allocate(1)), "the peer sees the close");
    }

    @Test
    void shouldEndABlockedScatteringReadWhenClosed() throws Exception {
        final Pair pair = connect();
        final ByteBuffer[] buffers = {ByteBuffer.allocate(1), ByteBuffer.allocate(1)};
        final Background<Long> reader = Background.run(() -> pair.server().read(buffers));
        pair.server().close();
        assertEquals(AsynchronousCloseException.class, reader.failure().getClass());
    }

    @Test
    void shouldEndABlockedWriteWhenClosed() throws Exception {
        final Pair pair = connect();
        pair.client().configureBlocking(false);
        fill(pair.client());
        pair.client().configureBlocking(true);
        final Background<Integer> writer = Background.run(() -> pair.client().write(ByteBuffer.allocate(10)));
        assertTrue(writer.isAlive());
        pair.client().close();
        assertEquals(AsynchronousCloseException.class, writer.failure().getClass());
    }

    @Test
    void shouldEndABlockedAcceptWhenClosed() throws Exception {
        final ServerSocketChannel listener = listen();
        final Background<SocketChannel> acceptor = Background.run(listener::accept);
        listener.close();
        assertEquals(AsynchronousCloseException.class, acceptor.failure().getClass());
    }

    @Test
    void shouldEndABlockedConnectWhenClosed() throws Exception {
        final InetSocketAddress address = unansweredPort();
        final SocketChannel client = openClient();
        final Background<Boolean> connector = Background.run(() -> client.connect(address));
        assertTrue(connector.isAlive());
        client.close();
        assertEquals(AsynchronousCloseException.class, connector.failure().getClass());
    }

    @Test
    void shouldEndABlockedFinishConnectWhenClosed() throws Exception {
        final InetSocketAddress address = unansweredPort();
        final SocketChannel client = openClient();
        client.configureBlocking(false);
        assertFalse(client.connect(address));
        client.configureBlocking(true);
        final Background<Boolean> connector = Background.run(client::finishConnect);
        assertTrue(connector.isAlive());
        client.close();
        assertEquals(AsynchronousCloseException.class, connector.failure().getClass());
    }

    @Test
    void shouldCloseWhenAReaderIsInterrupted() throws Exception {
        final Pair pair = connect();
        final Background<Integer> reader = Background.run(() -> pair.server().read(ByteBuffer.allocate(1)));
        reader.interrupt();
        assertEquals(ClosedByInterruptException.class, reader.failure().getClass());
        assertTrue(reader.interruptedAtEnd());
        assertFalse(pair.server().isOpen());
        assertEquals(-1, pair.client().read(ByteBuffer.allocate(1)));
    }

    @Test
    void shouldCloseWhenAWriterIsInterrupted() throws Exception {
        final Pair pair = connect();
        pair.client().configureBlocking(false);
        fill(pair.client());
        pair.client().configureBlocking(true);
        final Background<Integer> writer = Background.run(() -> pair.client().write(ByteBuffer.allocate(10)));
        writer.interrupt();
        assertEquals(ClosedByInterruptException.class, writer.failure().getClass());
        assertTrue(writer.interruptedAtEnd());
        assertFalse(pair.client().isOpen());
    }

    @Test
    void shouldCloseWhenAnAcceptorIsInterrupted() throws Exception {
        final ServerSocketChannel listener = listen();
        final Background<SocketChannel> acceptor = Background.run(listener::accept);
        acceptor.interrupt();
        assertEquals(ClosedByInterruptException.class, acceptor.failure().getClass());
        assertTrue(acceptor.interruptedAtEnd());
        assertFalse(listener.isOpen());
    }

    @Test
    void shouldCloseWhenAConnectorIsInterrupted() throws Exception {
        final InetSocketAddress address = unansweredPort();
        final SocketChannel client = openClient();
        final Background<Boolean> connector = Background.run(() -> client.connect(address));
        connector.interrupt();
        assertEquals(ClosedByInterruptException.class, connector.failure().getClass());
        assertTrue(connector.interruptedAtEnd());
        assertFalse(client.isOpen());
    }

    @Test
    void shouldNotEvenStartInAThreadThatIsInterrupted() throws Exception {
        final Pair pair = connect();
        writeFully(pair.client(), new byte[10]);
        settle();
        final Background<Integer> reader = Background.run(() -> {
            Thread.currentThread().interrupt();
            return pair.server().read(ByteBuffer.allocate(1));
        });
        assertEquals(ClosedByInterruptException.class, reader.failure().getClass());
        assertTrue(reader.interruptedAtEnd());
        assertFalse(pair.server().isOpen());
    }

    @Test
    void shouldIgnoreAnInterruptWhenNonBlocking() throws Exception {
        final Pair pair = connect();
        pair.server().configureBlocking(false);
        final Background<Integer> reader = Background.run(() -> {
            Thread.currentThread().interrupt();
            return pair.server().read(ByteBuffer.allocate(1));
        });
        assertEquals(0, reader.result());
        assertTrue(reader.interruptedAtEnd());
        assertTrue(pair.server().isOpen());
    }

    @Test
    void shouldEndAReaderAndAWriterThatBlockTogether() throws Exception {
        final Pair pair = connect();
        pair.client().configureBlocking(false);
        fill(pair.client());
        pair.client().configureBlocking(true);
        final Background<Integer> reader = Background.run(() -> pair.client().read(ByteBuffer.allocate(1)));
        final Background<Integer> writer = Background.run(() -> pair.client().write(ByteBuffer.allocate(1)));
        assertTrue(reader.isAlive());
        assertTrue(writer.isAlive());
        pair.client().close();
        assertInstanceOf(AsynchronousCloseException.class, reader.failure());
        assertInstanceOf(AsynchronousCloseException.class, writer.failure());
    }

    @Test
    void shouldEndTheSecondReaderTooThatWaitsForTheFirst() throws Exception {
        final Pair pair = connect();
        final Background<Integer> first = Background.run(() -> pair.server().read(ByteBuffer.allocate(1)));
        final Background<Integer> second = Background.run(() -> pair.server().read(ByteBuffer.allocate(1)));
        writeFully(pair.client(), new byte[1]);
        final Background<Integer> third = Background.run(() -> pair.server().read(ByteBuffer.allocate(1)));
        settle();
        assertTrue(first.isAlive() ^ second.isAlive(), "one byte frees one reader");
        pair.server().close();
        assertThrows(AssertionError.class, third::result);
    }
}
