package io.holdfast.nio.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.Callable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever ends a selection from outside, an interrupt, a wake-up or a close, with whatever is registered: nothing, channels of
 * one side, or of both, which a selector of Holdfast's waits for in different ways. It returns at once, burns no processor, tells
 * what {@link Selector} says, and the next selection is in order. Of channels the same is in {@link AsyncCloseParityTest}.
 */
class SelectorInterruptParityTest extends ParityTest {
    private static final long LONG_MS = 20_000;
    private static final long AT_ONCE_NS = 2_000_000_000L;

    /** What the selector has to wait for. */
    enum Registered {
        NOTHING,
        A_PIPE,
        A_LISTENER,
        A_LISTENER_AND_A_PIPE,
        A_PIPE_CANCELLED,
        A_LISTENER_AND_A_CONNECTION
    }

    private Selector selector(final Registered registered) throws IOException {
        final Selector selector = openServerSelector();
        if (registered.name().contains("PIPE")) {
            final Pipe pipe = net.server().openPipe();
            track(pipe.sink());
            track(pipe.source()).configureBlocking(false);
            final SelectionKey key = pipe.source().register(selector, SelectionKey.OP_READ);
            if (registered == Registered.A_PIPE_CANCELLED) {
                key.cancel();
            }
        }
        if (registered.name().contains("LISTENER")) {
            final var listener = listen();
            listener.configureBlocking(false);
            listener.register(selector, SelectionKey.OP_ACCEPT);
        }
        if (registered.name().contains("CONNECTION")) {
            final var server = connect().server();
            server.configureBlocking(false);
            server.register(selector, SelectionKey.OP_READ);
        }
        return selector;
    }

    private static Background<Integer> timed(final Callable<Integer> selection) throws InterruptedException {
        return Background.run(() -> {
            final long startNs = System.nanoTime();
            final int n = selection.call();
            assertTrue(System.nanoTime() - startNs < AT_ONCE_NS, "it took " + (System.nanoTime() - startNs) / 1_000_000 + " ms");
            return n;
        });
    }

    private static void assertWaits(final Selector selector, final long ms) throws Exception {
        final long startNs = System.nanoTime();
        assertEquals(0, selector.select(ms));
        assertTrue(System.nanoTime() - startNs >= ms * 800_000, "the next selection did not wait");
    }

    @ParameterizedTest
    @EnumSource(Registered.class)
    void shouldReturnWhenItsThreadIsInterrupted(final Registered registered) throws Exception {
        final Selector selector = selector(registered);
        for (final long timeoutMs : new long[] {0, LONG_MS}) {
            final Background<Integer> selecting = timed(() -> selector.select(timeoutMs));
            assertTrue(selecting.isAlive());
            selecting.interrupt();
            assertEquals(0, selecting.result());
            assertTrue(selecting.interruptedAtEnd());
        }
        assertTrue(selector.isOpen());
        assertWaits(selector, 60);
    }

    @ParameterizedTest
    @EnumSource(Registered.class)
    void shouldNotWaitInAThreadThatIsInterrupted(final Registered registered) throws Exception {
        final Selector selector = selector(registered);
        final Background<Integer> selecting = timed(() -> {
            Thread.currentThread().interrupt();
            int n = selector.select();
            // Again and again, as long as nobody takes the status away.
            for (int i = 0; i < 100; i++) {
                n += selector.select(LONG_MS);
            }
            return n;
        });
        assertEquals(0, selecting.result());
        assertTrue(selecting.interruptedAtEnd());
        assertWaits(selector, 60);
    }

    @ParameterizedTest
    @EnumSource(Registered.class)
    void shouldReturnWhenItIsWokenUp(final Registered registered) throws Exception {
        final Selector selector = selector(registered);
        final Background<Integer> selecting = timed(() -> selector.select());
        assertTrue(selecting.isAlive());
        selector.wakeup();
        assertEquals(0, selecting.result());
        assertFalse(selecting.interruptedAtEnd());
        assertWaits(selector, 60);
    }

    @ParameterizedTest
    @EnumSource(Registered.class)
    void shouldEndWhenItIsClosed(final Registered registered) throws Exception {
        final Selector selector = selector(registered);
        final Background<Integer> selecting = timed(() -> {
            try {
                return selector.select();
            } catch (final ClosedSelectorException e) {
                // Its thread came late, and found the selector closed.
                return 0;
            }
        });
        selector.close();
        assertEquals(0, selecting.result());
        assertThrows(ClosedSelectorException.class, selector::select);
    }

    @ParameterizedTest
    @EnumSource(Registered.class)
    void shouldTellWhatIsReadyToAThreadThatIsInterrupted(final Registered registered) throws Exception {
        final Selector selector = selector(registered);
        final Pipe pipe = net.server().openPipe();
        track(pipe.sink()).write(ByteBuffer.allocate(1));
        track(pipe.source()).configureBlocking(false);
        pipe.source().register(selector, SelectionKey.OP_READ);
        final Background<Integer> selecting = timed(() -> {
            Thread.currentThread().interrupt();
            return selector.select();
        });
        assertEquals(1, selecting.result());
        assertTrue(selecting.interruptedAtEnd());
    }
}
