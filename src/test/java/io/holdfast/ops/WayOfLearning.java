package io.holdfast.ops;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.net.HoldfastServerSocketFactory;
import io.holdfast.nio.HoldfastSelectorProvider;
import io.holdfast.socket.ConnectionHandler;
import io.holdfast.socket.HoldfastStack;
import io.holdfast.socket.ListenerSocket;
import io.holdfast.socket.Readiness;
import io.holdfast.socket.StreamSocket;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A way in which a program learns of one connection's input; the program notes what it learns. */
enum WayOfLearning {
    SOCKET_READS(false) {
        @Override
        void learn(final Socket socket, final Notes notes) throws IOException {
            final InputStream in = socket.getInputStream();
            final byte[] buffer = new byte[32];
            notes.note("byte", in.read());
            notes.note("array", in.read(buffer));
            notes.note("part", in.read(buffer, 3, 2));
            notes.note("skipped", in.skip(3));
            notes.note("bytes", in.readNBytes(4).length);
            for (int n = 0; n >= 0;) {
                n = in.read(buffer);
                notes.note("array", n);
            }
            notes.note("again", in.read());
        }
    },
    SOCKET_AVAILABLE(false) {
        @Override
        void learn(final Socket socket, final Notes notes) throws IOException {
            final InputStream in = socket.getInputStream();
            for (int n = 0; n >= 0;) {
                notes.note("available", in.available());
                n = in.read(new byte[5]);
                notes.note("read", n);
            }
        }
    },
    SOCKET_TIMEOUTS(false) {
        @Override
        void learn(final Socket socket, final Notes notes) throws IOException {
            socket.setSoTimeout(PIECES_MS / 3);
            readWithTimeouts(socket.getInputStream(), notes);
        }
    },
    SOCKET_RESET_BEFORE_READING(true) {
        @Override
        void learn(final Socket socket, final Notes notes) throws IOException {
            socket.getOutputStream().write('!');
            final InputStream in = socket.getInputStream();
            notes.failing(() -> {
                for (int n = 0; n >= 0;) {
                    n = in.read(new byte[64]);
                    notes.note("read", n);
                }
            });
            notes.failing(() -> notes.note("again", in.read()));
            notes.failing(() -> notes.note("available", in.available()));
            notes.failing(() -> socket.getOutputStream().write(1));
            notes.note("port", socket.getPort());
            notes.note("address", socket.getInetAddress());
            notes.note("remote", socket.getRemoteSocketAddress());
            notes.note("connected", socket.isConnected());
            notes.note("closed", socket.isClosed());
        }
    },
    SOCKET_RESET_WHILE_WRITING(true) {
        @Override
        void learn(final Socket socket, final Notes notes) {
            notes.failing(() -> {
                for (int i = 0; i < LONG; i++) {
                    socket.getOutputStream().write('!');
                    notes.note("wrote", i);
                    pause(2);
                }
            });
            notes.failing(() -> notes.note("read", socket.getInputStream().read(new byte[64])));
        }
    },
    SOCKET_URGENT_DATA(true) {
        @Override
        void learn(final Socket socket, final Notes notes) {
            notes.failing(() -> {
                for (int i = 0; i < LONG; i++) {
                    socket.sendUrgentData('!');
                    notes.note("alive", i);
                    pause(2);
                }
            });
        }
    },
    CHANNEL_READS(false) {
        @Override
        void learn(final SocketChannel channel, final Notes notes) throws IOException {
            notes.note("read", channel.read(ByteBuffer.allocate(3)));
            notes.note("read", channel.read(new ByteBuffer[] {ByteBuffer.allocate(2), ByteBuffer.allocate(20)}));
            for (int n = 0; n >= 0;) {
                n = channel.read(ByteBuffer.allocate(5));
                notes.note("read", n);
            }
        }
    },
    CHANNEL_ADAPTOR(false) {
        @Override
        void learn(final SocketChannel channel, final Notes notes) throws IOException {
            final InputStream in = channel.socket().getInputStream();
            notes.note("available", in.available());
            notes.note("byte", in.read());
            notes.note("available", in.available());
            channel.socket().setSoTimeout(PIECES_MS / 3);
            readWithTimeouts(in, notes);
        }
    },
    CHANNEL_RESET_BEFORE_READING(true) {
        @Override
        void learn(final SocketChannel channel, final Notes notes) throws IOException {
            channel.write(ByteBuffer.wrap(new byte[] {'!'}));
            notes.failing(() -> {
                for (int n = 0; n >= 0;) {
                    n = channel.read(ByteBuffer.allocate(64));
                    notes.note("read", n);
                }
            });
            notes.failing(() -> notes.note("again", channel.read(ByteBuffer.allocate(1))));
            notes.failing(() -> notes.note("wrote", channel.write(ByteBuffer.allocate(1))));
            notes.note("remote", channel.getRemoteAddress());
            notes.note("connected", channel.isConnected());
            notes.note("open", channel.isOpen());
        }
    },
    CHANNEL_RESET_WHILE_WRITING(true) {
        @Override
        void learn(final SocketChannel channel, final Notes notes) {
            notes.failing(() -> {
                for (int i = 0; i < LONG; i++) {
                    notes.note("wrote", channel.write(ByteBuffer.wrap(new byte[] {'!'})));
                    pause(2);
                }
            });
        }
    },
    CHANNEL_SELECTED(false) {
        @Override
        void learn(final SocketChannel channel, final Notes notes) throws IOException {
            channel.configureBlocking(false);
            try (Selector selector = channel.provider().openSelector()) {
                channel.register(selector, SelectionKey.OP_READ);
                for (int n = 0; n >= 0;) {
                    notes.note("selected", selector.select());
                    final Iterator<SelectionKey> keys = selector.selectedKeys().iterator();
                    final SelectionKey key = keys.next();
                    keys.remove();
                    notes.note("ready", key.readyOps());
                    n = channel.read(ByteBuffer.allocate(5));
                    notes.note("read", n);
                }
            }
        }
    },
    CHANNEL_SELECTED_NOW(true) {
        @Override
        void learn(final SocketChannel channel, final Notes notes) throws IOException {
            channel.write(ByteBuffer.wrap(new byte[] {'!'}));
            channel.configureBlocking(false);
            try (Selector selector = channel.provider().openSelector()) {
                channel.register(selector, SelectionKey.OP_READ);
                notes.failing(() -> {
                    for (int n = 0; n >= 0;) {
                        // The number of calls without a result is the program's own affair.
                        if (selector.selectNow() > 0) {
                            selector.selectedKeys().clear();
                            n = channel.read(ByteBuffer.allocate(64));
                            notes.note("read", n);
                        } else {
                            pause(1);
                        }
                    }
                });
            }
        }
    },
    NATIVE_READS(false) {
        @Override
        void learn(final StreamSocket socket, final Notes notes) throws IOException {
            for (int n = 0; n >= 0;) {
                final int ready = socket.await(Readiness.READ, -1);
                notes.note("ready", ready & (Readiness.READ | Readiness.PEER_CLOSED | Readiness.HANG_UP | Readiness.ERROR));
                notes.note("readiness", socket.readiness() & (Readiness.READ | Readiness.PEER_CLOSED | Readiness.ERROR));
                n = socket.read(ByteBuffer.allocate(5));
                notes.note("read", n);
            }
        }
    },
    NATIVE_PEEKS(false) {
        @Override
        void learn(final StreamSocket socket, final Notes notes) throws IOException {
            for (int n = 0; n >= 0;) {
                socket.await(Readiness.READ, -1);
                notes.note("peeked", socket.peek(ByteBuffer.allocate(64)));
                n = readSoon(socket, notes);
            }
        }
    },
    NATIVE_AVAILABLE(false) {
        @Override
        void learn(final StreamSocket socket, final Notes notes) throws IOException {
            for (int n = 0; n >= 0;) {
                socket.await(Readiness.READ, -1);
                while (!socket.isAvailableKnown()) {
                    pause(1);
                }
                notes.note("available", socket.available());
                n = readSoon(socket, notes);
            }
        }
    },
    NATIVE_GIVES_UP(false) {
        @Override
        void learn(final StreamSocket socket, final Notes notes) throws IOException {
            final long limitNs = TimeUnit.MILLISECONDS.toNanos(PIECES_MS / 3);
            for (int n = 0; n >= 0;) {
                final long startNs = System.nanoTime();
                boolean gaveUp = false;
                for (n = socket.read(ByteBuffer.allocate(5)); n == 0 && !gaveUp; n = gaveUp ? 0 : socket.read(ByteBuffer.allocate(5))) {
                    gaveUp = socket.givesUp(System.nanoTime() - startNs >= limitNs);
                    if (!gaveUp) {
                        socket.await(Readiness.READ, limitNs / 4);
                    }
                }
                notes.note(gaveUp ? "gave up" : "read", n);
            }
        }
    },
    NATIVE_RESET_WHILE_WRITING(true) {
        @Override
        void learn(final StreamSocket socket, final Notes notes) {
            notes.failing(() -> {
                for (int i = 0; i < LONG;) {
                    // How often nothing is taken is its own.
                    if (socket.write(ByteBuffer.wrap(new byte[] {'!'})) > 0) {
                        notes.note("wrote", i++);
                    }
                    pause(2);
                }
            });
            notes.note("error", socket.error());
            notes.note("remote", socket.remoteAddress());
        }
    },
    NATIVE_HANDLER(false) {
        @Override
        void learn(final StreamSocket socket, final Notes notes) {
            final CountDownLatch end = new CountDownLatch(1);
            socket.handler(new ConnectionHandler() {
                @Override
                public void onReadable(final StreamSocket ready) throws IOException {
                    for (int n = 1; n > 0;) {
                        n = ready.read(ByteBuffer.allocate(5));
                        if (n != 0) {
                            notes.noteNow("read", n);
                        }
                        if (n < 0) {
                            ready.close();
                        }
                    }
                }

                @Override
                public void onClosed(final StreamSocket closed) {
                    notes.noteNow("closed", "");
                    end.countDown();
                }
            });
            notes.failing(() -> {
                try {
                    assertTrue(end.await(30, TimeUnit.SECONDS));
                } catch (final InterruptedException e) {
                    throw new IOException(e);
                }
            });
        }
    };

    /** Between the pieces that the client sends. */
    static final int PIECES_MS = 18;
    /** More than anybody writes until the client's reset is here. */
    private static final int LONG = 10_000;

    private final boolean resets;
    private final Map<HoldfastStack, Notes> expected = new ConcurrentHashMap<>();

    WayOfLearning(final boolean resets) {
        this.resets = resets;
    }

    /**
     * The program writes until it is told of the reset. A backup's program that is ahead of the primary's has then written more
     * than the primary's will, which cannot be taken back (decision 13).
     */
    boolean writesUntilReset() {
        return name().endsWith("WHILE_WRITING") || this == SOCKET_URGENT_DATA;
    }

    /** The client waits for a byte of the program's, and resets; otherwise it ends its stream. */
    boolean resets() {
        return resets;
    }

    void awaitGreeting(final Socket client) throws IOException {
        assertTrue(client.getInputStream().read() >= 0);
    }

    int port() {
        return 1_000 + ordinal();
    }

    /** The next connection to that host is the program's of these. */
    void expect(final HoldfastStack stack, final Notes notes) {
        expected.put(stack, notes);
    }

    void learn(final Socket socket, final Notes notes) throws IOException {
        throw new UnsupportedOperationException();
    }

    void learn(final SocketChannel channel, final Notes notes) throws IOException {
        throw new UnsupportedOperationException();
    }

    void learn(final StreamSocket socket, final Notes notes) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Listens, and runs the program for each connection, one after the other, until the stack stops. */
    void listen(final HoldfastStack stack) throws IOException {
        final InetSocketAddress address = new InetSocketAddress(NodePair.SERVICE, port());
        if (name().startsWith("SOCKET")) {
            final ServerSocket listener = new HoldfastServerSocketFactory(stack).createServerSocket(port(), 16, NodePair.SERVICE);
            NodePair.daemon(() -> {
                while (true) {
                    try (Socket socket = listener.accept()) {
                        final Notes notes = expected.get(stack);
                        notes.note("accepted", socket.getRemoteSocketAddress());
                        notes.failing(() -> learn(socket, notes));
                        notes.done();
                    }
                }
            });
        } else if (name().startsWith("CHANNEL")) {
            final ServerSocketChannel listener = new HoldfastSelectorProvider(stack).openServerSocketChannel().bind(address);
            NodePair.daemon(() -> {
                while (true) {
                    try (SocketChannel channel = listener.accept()) {
                        final Notes notes = expected.get(stack);
                        notes.note("accepted", channel.getRemoteAddress());
                        notes.failing(() -> learn(channel, notes));
                        notes.done();
                    }
                }
            });
        } else {
            final ListenerSocket listener = stack.openListener();
            listener.bind(address);
            listener.listen(16);
            NodePair.daemon(() -> {
                while (listener.await(Readiness.ACCEPT, -1) != 0) {
                    final StreamSocket socket = listener.accept();
                    if (socket != null) {
                        final Notes notes = expected.get(stack);
                        notes.note("accepted", socket.remoteAddress());
                        notes.failing(() -> learn(socket, notes));
                        socket.close();
                        notes.done();
                    }
                }
                return null;
            });
        }
    }

    private static void readWithTimeouts(final InputStream in, final Notes notes) throws IOException {
        for (int n = 0; n >= 0;) {
            try {
                n = in.read(new byte[5]);
                notes.note("read", n);
            } catch (final SocketTimeoutException e) {
                notes.note("timeout", e.getMessage());
            }
        }
    }

    /** Input that has arrived may have to wait until other connections have had their events. */
    private static int readSoon(final StreamSocket socket, final Notes notes) throws IOException {
        int n = 0;
        while (n == 0) {
            socket.await(Readiness.READ, -1);
            n = socket.read(ByteBuffer.allocate(5));
        }
        notes.note("read", n);
        return n;
    }

    private static void pause(final long ms) throws IOException {
        try {
            Thread.sleep(ms);
        } catch (final InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** Events that one host's program was told. Its thread writes, the test's thread reads. */
    static final class Notes {
        interface Step {
            void run() throws IOException;
        }

        private final long latenessMs;
        private final List<String> notes = new ArrayList<>();
        private final CountDownLatch done = new CountDownLatch(1);

        Notes(final long latenessMs) {
            this.latenessMs = latenessMs;
        }

        /** And waits, as long as this host's program does. */
        void note(final String what, final Object value) {
            noteNow(what, value);
            if (latenessMs > 0) {
                try {
                    Thread.sleep(latenessMs);
                } catch (final InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }

        synchronized void noteNow(final String what, final Object value) {
            notes.add(what + " " + value);
        }

        /** Notes what the step fails with, if it does. */
        void failing(final Step step) {
            try {
                step.run();
            } catch (final IOException e) {
                note(e.getClass().getSimpleName(), e.getMessage());
            }
        }

        void done() {
            done.countDown();
        }

        List<String> await() throws InterruptedException {
            assertTrue(done.await(30, TimeUnit.SECONDS), "the program does not come to its end: " + this);
            synchronized (this) {
                return List.copyOf(notes);
            }
        }

        @Override
        public synchronized String toString() {
            return notes.toString();
        }
    }
}
