package io.holdfast.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.config.StackConfig;
import io.holdfast.link.StrikingLink;
import io.holdfast.link.memory.MemoryLink;
import io.holdfast.nio.HoldfastSelectorProvider;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An error in the middle of a cycle stops the stack: whoever waits for it, in whichever way, hears of it, nothing leaves any
 * more, and it can still be closed. In every threading mode with threads.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class StoppedStackTest {
    private static final int PORT = 7;
    private static final long LONG_NS = 30_000_000_000L;

    private HoldfastStack client;
    private HoldfastStack server;
    private StrikingLink link;

    private void start(final StackConfig.Threading threading) {
        final MemoryLink.Pair wire = TwoHosts.wire(false);
        client = HoldfastStack.start(TwoHosts.config(TwoHosts.CLIENT, wire.left(), 1, StackConfig.Threading.BATON, config -> { }));
        link = new StrikingLink(wire.right());
        server = HoldfastStack.start(TwoHosts.config(TwoHosts.SERVER, wire.right(), 2, threading, config -> config.link(link)));
    }

    private static <T> CompletableFuture<T> background(final Callable<T> work) {
        final CompletableFuture<T> result = new CompletableFuture<>();
        final Thread thread = new Thread(() -> {
            try {
                result.complete(work.call());
            } catch (final Throwable e) {
                result.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    @ParameterizedTest
    @EnumSource(value = StackConfig.Threading.class, names = "INVOKER", mode = EnumSource.Mode.EXCLUDE)
    void shouldTellWhoeverWaits(final StackConfig.Threading threading) throws Exception {
        start(threading);
        final ListenerSocket listener = server.openListener();
        listener.bind(TwoHosts.at(TwoHosts.SERVER, PORT));
        listener.listen(10);
        final StreamSocket here = client.openStream();
        here.connect(TwoHosts.at(TwoHosts.SERVER, PORT));
        listener.await(Readiness.ACCEPT, LONG_NS);
        final StreamSocket there = listener.accept();
        final HoldfastSelectorProvider provider = new HoldfastSelectorProvider(server);
        final Selector selector = provider.openSelector();
        final ServerSocketChannel selected = provider.openServerSocketChannel();
        selected.bind(TwoHosts.at(TwoHosts.SERVER, PORT + 1)).configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
        final CompletableFuture<Throwable> told = new CompletableFuture<>();
        server.onStopped(told::complete);
        final List<CompletableFuture<?>> waiting = new ArrayList<>();
        waiting.add(background(() -> {
            while (there.read(ByteBuffer.allocate(1)) == 0) {
                there.await(Readiness.READ, LONG_NS);
            }
            return "read";
        }));
        waiting.add(background(() -> {
            StreamSocket next = null;
            while (next == null) {
                listener.await(Readiness.ACCEPT, LONG_NS);
                next = listener.accept();
            }
            return "accepted";
        }));
        final CompletableFuture<Integer> selecting = background(selector::select);

        final StackOverflowError error = new StackOverflowError("in a cycle");
        link.strike(error);
        // Its acknowledgement is what does not leave.
        here.write(ByteBuffer.allocate(10));
        here.write(ByteBuffer.allocate(3_000));

        assertSame(error, told.get());
        final int sent = link.sent();
        for (final CompletableFuture<?> waiter : waiting) {
            final Throwable end = assertThrows(ExecutionException.class, waiter::get).getCause();
            // Whoever it came to gets the error itself.
            assertTrue(end == error || end instanceof IOException && end.getMessage().contains("the stack has stopped"), end::toString);
        }
        try {
            assertEquals(1, selecting.get());
        } catch (final ExecutionException e) {
            assertSame(error, e.getCause());
        }
        assertThrows(IOException.class, () -> there.write(ByteBuffer.allocate(1)));
        assertThrows(IOException.class, () -> server.openStream().connect(TwoHosts.at(TwoHosts.CLIENT, PORT)));
        there.close();
        listener.close();
        selected.close();
        here.write(ByteBuffer.allocate(10));
        selector.close();
        server.close();
        client.close();
        assertEquals(sent, link.sent());
    }
}
