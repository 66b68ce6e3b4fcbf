package io.holdfast.nio.parity;

import static io.holdfast.nio.parity.SelectorParityTest.register;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The life of keys: registered, changed, cancelled, closed; the selector's sets, its actions and its end. */
class SelectionKeyParityTest extends ParityTest {
    private static final long LONG_MS = 10_000;

    @Test
    void shouldRegisterAndFindTheKey() throws Exception {
        final Selector selector = openServerSelector();
        final SocketChannel channel = connect().server();
        assertThrows(IllegalBlockingModeException.class, () -> channel.register(selector, SelectionKey.OP_READ));
        channel.configureBlocking(false);
        assertThrows(IllegalArgumentException.class, () -> channel.register(selector, SelectionKey.OP_ACCEPT));
        final Object attachment = new Object();
        final SelectionKey key = channel.register(selector, SelectionKey.OP_READ, attachment);
        assertSame(channel, key.channel());
        assertSame(selector, key.selector());
        assertSame(attachment, key.attachment());
        assertSame(key, channel.keyFor(selector));
        assertTrue(channel.isRegistered());
        assertEquals(Set.of(key), selector.keys());
        assertEquals(0, key.readyOps());
        assertSame(key, channel.register(selector, SelectionKey.OP_WRITE, null));
        assertEquals(SelectionKey.OP_WRITE, key.interestOps());
        assertNull(key.attachment());
        assertThrows(IllegalArgumentException.class, () -> key.interestOps(SelectionKey.OP_ACCEPT));
        assertThrows(UnsupportedOperationException.class, () -> selector.keys().clear());
    }

    @Test
    void shouldNotChangeTheSelectedKeysButRemoveFromThem() throws Exception {
        final Selector selector = openServerSelector();
        final Pair pair = connect();
        final SelectionKey key = register(pair.server(), selector, SelectionKey.OP_WRITE);
        assertEquals(1, selector.select(LONG_MS));
        assertThrows(UnsupportedOperationException.class, () -> selector.selectedKeys().add(key));
        assertEquals(0, selector.selectNow(), "still selected, nothing new");
        assertTrue(selector.selectedKeys().remove(key));
        assertFalse(selector.selectedKeys().contains(key));
        assertEquals(1, selector.selectNow());
        selector.selectedKeys().iterator().forEachRemaining(k -> assertSame(key, k));
        final var iterator = selector.selectedKeys().iterator();
        iterator.next();
        iterator.remove();
        assertTrue(selector.selectedKeys().isEmpty());
    }

    @Test
    void shouldForgetACancelledKeyAtTheNextSelection() throws Exception {
        final Selector selector = openServerSelector();
        final Pair pair = connect();
        final SelectionKey key = register(pair.server(), selector, SelectionKey.OP_WRITE);
        assertEquals(1, selector.select(LONG_MS));
        key.cancel();
        assertFalse(key.isValid());
        assertTrue(selector.keys().contains(key));
        assertThrows(CancelledKeyException.class, key::interestOps);
        assertThrows(CancelledKeyException.class, () -> key.interestOps(0));
        assertThrows(CancelledKeyException.class, key::readyOps);
        assertThrows(CancelledKeyException.class, key::isWritable);
        assertThrows(CancelledKeyException.class, () -> pair.server().register(selector, SelectionKey.OP_READ));
        assertEquals(0, selector.selectNow());
        assertTrue(selector.keys().isEmpty());
        assertTrue(selector.selectedKeys().isEmpty());
        assertFalse(pair.server().isRegistered());
        assertNull(pair.server().keyFor(selector));
        final SelectionKey again = pair.server().register(selector, SelectionKey.OP_WRITE);
        assertNotSame(key, again);
        assertEquals(1, selector.select(LONG_MS));
    }

    @Test
    void shouldCountKeysThatBecomeReadyWhileAnotherIsCancelled() throws Exception {
        final Selector selector = openServerSelector();
        final ServerSocketChannel listener = listen();
        final Pair gone = connect(listener);
        final Pair kept = connect(listener);
        final SelectionKey cancelled = register(gone.server(), selector, SelectionKey.OP_READ);
        final SelectionKey key = register(kept.server(), selector, SelectionKey.OP_READ);
        writeFully(gone.client(), new byte[1]);
        writeFully(kept.client(), new byte[1]);
        settle();
        cancelled.cancel();
        assertEquals(1, selector.select(LONG_MS));
        assertEquals(Set.of(key), selector.selectedKeys());
    }

    @Test
    void shouldCancelTheKeyOfAClosedChannel() throws Exception {
        final Selector selector = openServerSelector();
        final Pair pair = connect();
        final SelectionKey key = register(pair.server(), selector, SelectionKey.OP_READ);
        pair.server().close();
        assertFalse(key.isValid());
        assertEquals(0, selector.selectNow());
        assertTrue(selector.keys().isEmpty());
        assertEquals(-1, pair.client().read(ByteBuffer.allocate(1)), "the peer sees the close");
        assertThrows(ClosedChannelException.class, () -> pair.server().register(selector, SelectionKey.OP_READ));
    }

    @Test
    void shouldCloseARegisteredListenerSoThatItsPortIsFreeOnceSelected() throws Exception {
        final Selector selector = openServerSelector();
        final ServerSocketChannel listener = listen();
        final var address = listener.getLocalAddress();
        register(listener, selector, SelectionKey.OP_ACCEPT);
        listener.close();
        selector.selectNow();
        assertEquals(address, openServer().bind(address).getLocalAddress());
    }

    @Test
    void shouldFlipTheBlockingModeBetweenRegistrations() throws Exception {
        final Selector selector = openServerSelector();
        final Pair pair = connect();
        for (int i = 0; i < 20; i++) {
            final SelectionKey key = register(pair.server(), selector, SelectionKey.OP_READ);
            assertThrows(IllegalBlockingModeException.class, () -> pair.server().configureBlocking(true));
            writeFully(pair.client(), new byte[] {1, 2});
            assertEquals(1, selector.select(LONG_MS));
            selector.selectedKeys().clear();
            key.cancel();
            pair.server().configureBlocking(true);
            assertEquals(2, readFully(pair.server(), 2).length);
            writeFully(pair.server(), new byte[1]);
            assertEquals(1, readFully(pair.client(), 1).length);
            assertEquals(0, selector.selectNow());
        }
    }

    @Test
    void shouldRegisterWhileAnotherThreadSelects() throws Exception {
        final Selector selector = openServerSelector();
        final Pair pair = connect();
        writeFully(pair.client(), new byte[1]);
        settle();
        final Background<Integer> selecting = Background.run(() -> {
            int n = 0;
            while (n == 0) {
                n = selector.select(LONG_MS);
            }
            return n;
        });
        final SelectionKey key = register(pair.server(), selector, SelectionKey.OP_READ);
        selector.wakeup();
        assertEquals(1, selecting.result());
        assertTrue(key.isReadable());
    }

    @Test
    void shouldChangeInterestWhileAnotherThreadSelects() throws Exception {
        final Selector selector = openServerSelector();
        final Pair pair = connect();
        final SelectionKey key = register(pair.server(), selector, 0);
        writeFully(pair.client(), new byte[1]);
        settle();
        final Background<Integer> selecting = Background.run(() -> {
            int n = 0;
            while (n == 0) {
                n = selector.select(LONG_MS);
            }
            return n;
        });
        key.interestOps(SelectionKey.OP_READ);
        selector.wakeup();
        assertEquals(1, selecting.result());
    }

    @Test
    void shouldCloseAChannelWhileAnotherThreadSelects() throws Exception {
        final Selector selector = openServerSelector();
        final Pair pair = connect();
        register(pair.server(), selector, SelectionKey.OP_READ);
        final Background<Integer> selecting = Background.run(() -> selector.select());
        pair.server().close();
        selector.wakeup();
        assertEquals(0, selecting.result());
        assertTrue(selector.keys().isEmpty());
        assertEquals(-1, pair.client().read(ByteBuffer.allocate(1)));
    }

    @Test
    void shouldServeAChannelWithTwoSelectors() throws Exception {
        final Selector one = openServerSelector();
        final Selector two = openServerSelector();
        final Pair pair = connect();
        final SelectionKey reads = register(pair.server(), one, SelectionKey.OP_READ);
        final SelectionKey writes = register(pair.server(), two, SelectionKey.OP_WRITE);
        assertEquals(1, two.select(LONG_MS));
        assertTrue(writes.isWritable());
        assertEquals(0, one.selectNow());
        writeFully(pair.client(), new byte[1]);
        assertEquals(1, one.select(LONG_MS));
        assertTrue(reads.isReadable());
        reads.cancel();
        assertTrue(pair.server().isRegistered());
        one.selectNow();
        assertTrue(pair.server().isRegistered());
        writes.cancel();
        two.selectNow();
        assertFalse(pair.server().isRegistered());
    }

    @Test
    void shouldGiveReadyKeysToAnAction() throws Exception {
        final Selector selector = openServerSelector();
        final Pair pair = connect();
        final SelectionKey key = register(pair.server(), selector, SelectionKey.OP_READ);
        final List<SelectionKey> seen = new ArrayList<>();
        assertEquals(0, selector.selectNow(seen::add));
        assertEquals(0, selector.select(seen::add, 20));
        writeFully(pair.client(), new byte[1]);
        assertEquals(1, selector.select(seen::add, LONG_MS));
        assertEquals(List.of(key), seen);
        assertTrue(selector.selectedKeys().isEmpty());
        assertEquals(1, selector.select(seen::add), "level-triggered");
        assertEquals(2, seen.size());
        assertEquals(1, selector.select(k -> k.cancel()));
        assertEquals(0, selector.selectNow(seen::add));
        assertTrue(selector.keys().isEmpty());
    }

    @Test
    void shouldLetAnActionThrowAndGoOn() throws Exception {
        final Selector selector = openServerSelector();
        final Pair pair = connect();
        register(pair.server(), selector, SelectionKey.OP_WRITE);
        assertThrows(IllegalStateException.class, () -> selector.select(k -> {
            throw new IllegalStateException("from the action");
        }, LONG_MS));
        assertThrows(IllegalStateException.class, () -> selector.select(k -> {
            try {
                selector.selectNow();
            } catch (final java.io.IOException e) {
                throw new AssertionError(e);
            }
        }, LONG_MS), "no selection within a selection");
        assertEquals(1, selector.select(LONG_MS));
    }

    @Test
    void shouldReportEachReadyOperationOnce() throws Exception {
        final Selector selector = openServerSelector();
        final Pair pair = connect();
        final SelectionKey key = register(pair.server(), selector, SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        assertEquals(1, selector.select(LONG_MS));
        assertEquals(SelectionKey.OP_WRITE, key.readyOps());
        writeFully(pair.client(), new byte[1]);
        while (selector.selectNow() == 0) {
            settle();
        }
        assertEquals(SelectionKey.OP_READ | SelectionKey.OP_WRITE, key.readyOps(), "added to what was ready");
        selector.selectedKeys().clear();
        assertEquals(1, selector.selectNow());
        assertEquals(SelectionKey.OP_READ | SelectionKey.OP_WRITE, key.readyOps());
    }

    @Test
    void shouldEndWhenTheSelectorCloses() throws Exception {
        final Selector selector = openServerSelector();
        final Pair pair = connect();
        final SelectionKey key = register(pair.server(), selector, SelectionKey.OP_READ);
        final Background<Integer> selecting = Background.run(() -> selector.select());
        selector.close();
        final Throwable failure = selectFailure(selecting);
        assertTrue(failure == null || failure instanceof ClosedSelectorException, () -> "" + failure);
        assertFalse(selector.isOpen());
        assertFalse(key.isValid());
        assertFalse(pair.server().isRegistered());
        assertTrue(pair.server().isOpen());
        assertThrows(ClosedSelectorException.class, selector::selectNow);
        assertThrows(ClosedSelectorException.class, selector::select);
        assertThrows(ClosedSelectorException.class, selector::keys);
        assertThrows(ClosedSelectorException.class, selector::selectedKeys);
        assertThrows(ClosedSelectorException.class, () -> pair.server().register(selector, SelectionKey.OP_READ));
        selector.close();
        selector.wakeup();
        pair.server().configureBlocking(true);
        writeFully(pair.client(), new byte[1]);
        assertEquals(1, readFully(pair.server(), 1).length);
    }

    private static Throwable selectFailure(final Background<Integer> selecting) throws Exception {
        try {
            selecting.result();
            return null;
        } catch (final AssertionError e) {
            return e.getCause();
        }
    }
}
