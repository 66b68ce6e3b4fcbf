package io.holdfast.socket;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/**
 * The kernel's side of a listener that is both worlds': a thread accepts there, one connection at a time, and whoever accepts at
 * the stack's side takes it ({@link ListenerSocket#kernelSide}). A connection waits here until it is taken, and the others in the
 * kernel's backlog meanwhile. Any thread.
 *
 * @param <C> what the kernel's connections are to the listener's owner
 */
public final class KernelAcceptor<C> implements Closeable {
    private static final long PAUSE_MS = 100;

    /** The kernel's listener. */
    public interface Source<C> extends Closeable {
        /** Blocks until a client is there; throws once it is closed. */
        C accept() throws IOException;

        /** Closes a connection that nobody took. */
        void discard(C connection);
    }

    private final ListenerSocket listener;
    private final Source<C> source;
    private final Thread thread;
    private volatile C waiting;
    private volatile long accepted;
    private volatile boolean closed;

    /** Starts to accept. The listener must listen already. */
    public KernelAcceptor(final ListenerSocket listener, final Source<C> source) {
        this.listener = listener;
        this.source = source;
        thread = new Thread(this::run, "holdfast-accept-" + listener.localAddress().getPort());
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (!closed) {
            try {
                offer(source.accept());
            } catch (final SocketTimeoutException e) {
                // Not this thread's time limit.
                continue;
            } catch (final IOException e) {
                // Closed, or out of descriptors: that passes, and connections wait in the backlog.
                pause();
            }
        }
    }

    private void offer(final C connection) {
        waiting = connection;
        listener.kernelArrived();
        synchronized (this) {
            while (waiting != null && !closed) {
                try {
                    wait();
                } catch (final InterruptedException e) {
                    // Nobody interrupts this thread with a meaning.
                    continue;
                }
            }
        }
        if (closed) {
            final C left = takeWaiting();
            if (left != null) {
                source.discard(left);
            }
        }
    }

    private synchronized void pause() {
        try {
            if (!closed) {
                TimeUnit.MILLISECONDS.timedWait(this, PAUSE_MS);
            }
        } catch (final InterruptedException e) {
            // As above.
            return;
        }
    }

    private synchronized C takeWaiting() {
        final C taken = waiting;
        if (taken != null && !closed) {
            accepted++;
        }
        waiting = null;
        notifyAll();
        return taken;
    }

    boolean hasWaiting() {
        return waiting != null;
    }

    /** The next connection, or null if none is there. */
    public C accept() {
        if (waiting == null) {
            return null;
        }
        return takeWaiting();
    }

    /** Connections that were taken so far. */
    public long accepted() {
        return accepted;
    }

    /** The port, the same on both sides. */
    public int port() {
        return listener.localAddress().getPort();
    }

    @Override
    public void close() {
        closed = true;
        try {
            source.close();
        } catch (final IOException e) {
            throw new IllegalStateException("a listener closes without I/O", e);
        }
        synchronized (this) {
            notifyAll();
        }
    }
}
