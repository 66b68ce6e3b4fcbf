package io.holdfast.app.sample;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One listening port and all its connections, served by one thread with one selector. A {@link Session} handles each connection;
 * an exception in it closes that connection and no other.
 */
public final class EventLoop implements Closeable {
    /** Handles one connection. The loop's thread only. */
    interface Session {
        /** Interest to begin with. */
        int initialInterest();

        /**
         * Called when the channel is ready for something of its interest.
         *
         * @param scratch a buffer to use until this returns
         * @return the next interest; 0 closes the connection
         */
        int onReady(SocketChannel channel, ByteBuffer scratch) throws IOException;
    }

    private static final int BACKLOG = 4096;
    private static final int SCRATCH_BYTES = 256 * 1024;
    /** Connections accepted before others get their turn. */
    private static final int ACCEPT_BATCH = 64;

    private final Selector selector;
    private final ServerSocketChannel listener;
    private final Function<SocketChannel, Session> sessions;
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH_BYTES);
    /** Reused for all rounds: an iterator over the selected set would be garbage in each round. */
    private final Consumer<SelectionKey> serve = this::serve;
    private final Thread thread;
    private volatile boolean closed;

    private EventLoop(
        final SelectorProvider provider,
        final InetSocketAddress address,
        final String name,
        final Function<SocketChannel, Session> sessions) throws IOException {
        this.sessions = sessions;
        selector = provider.openSelector();
        listener = provider.openServerSocketChannel();
        listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        listener.bind(address, BACKLOG);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
        thread = new Thread(this::run, name);
        thread.start();
    }

    /** Sends back what comes (RFC 862). */
    public static EventLoop echo(final SelectorProvider provider, final InetSocketAddress address) throws IOException {
        return new EventLoop(provider, address, "echo", channel -> new EchoSession());
    }

    /** Reads and forgets (RFC 863). */
    public static EventLoop discard(
        final SelectorProvider provider, final InetSocketAddress address) throws IOException {
        return new EventLoop(provider, address, "discard", channel -> new DiscardSession());
    }

    /** Sends a pattern for as long as the client takes it (RFC 864). */
    public static EventLoop chargen(
        final SelectorProvider provider, final InetSocketAddress address) throws IOException {
        return new EventLoop(provider, address, "chargen", channel -> new ChargenSession());
    }

    public InetSocketAddress address() throws IOException {
        return (InetSocketAddress) listener.getLocalAddress();
    }

    @Override
    public void close() throws IOException {
        closed = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (selector; listener) {
            while (!closed) {
                selector.select(serve);
            }
            for (final SelectionKey key : selector.keys()) {
                key.channel().close();
            }
        } catch (final IOException | ClosedSelectorException e) {
            System.err.println(thread.getName() + ": " + e);
        }
    }

    private void serve(final SelectionKey key) {
        if (!key.isValid()) {
            return;
        }
        if (key.channel() == listener) {
            accept(key);
            return;
        }
        int interest = 0;
        try {
            scratch.clear();
            interest = ((Session) key.attachment()).onReady((SocketChannel) key.channel(), scratch);
        } catch (final IOException e) {
            // The peer is gone: nothing to tell it.
        }
        if (interest == 0) {
            end(key);
        } else if (interest != key.interestOps()) {
            key.interestOps(interest);
        }
    }

    private void accept(final SelectionKey key) {
        for (int i = 0; i < ACCEPT_BATCH; i++) {
            try {
                final SocketChannel channel = listener.accept();
                if (channel == null) {
                    return;
                }
                begin(channel);
            } catch (final IOException e) {
                // Out of descriptors, most likely: accept again when a connection has ended.
                System.err.println(thread.getName() + ": cannot accept: " + e.getMessage());
                if (selector.keys().size() > 1) {
                    key.interestOps(0);
                }
                return;
            }
        }
    }

    private void begin(final SocketChannel channel) throws IOException {
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            final Session session = sessions.apply(channel);
            channel.register(selector, session.initialInterest(), session);
        } catch (final IOException e) {
            channel.close();
        }
    }

    private void end(final SelectionKey key) {
        key.cancel();
        try {
            key.channel().close();
        } catch (final IOException e) {
            // Closed all the same.
        }
        final SelectionKey accepting = listener.keyFor(selector);
        if (accepting != null && accepting.isValid() && accepting.interestOps() == 0) {
            accepting.interestOps(SelectionKey.OP_ACCEPT);
        }
    }
}
