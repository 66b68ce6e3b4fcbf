package io.holdfast.app.sample;

import io.holdfast.socket.HoldfastStack;
import io.holdfast.socket.ListenerSocket;
import io.holdfast.socket.Readiness;
import io.holdfast.socket.StreamSocket;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A small order gateway on the native API: lines in, lines out, a thread for each client. In replication mode resume its clients
 * do not notice that their host died.
 */
public final class OrderGateway implements Closeable {
    private static final int BACKLOG = 4096;

    private final ListenerSocket listener;
    private final ExecutorService sessions = Executors.newCachedThreadPool(task -> {
        final Thread thread = new Thread(task, "orders");
        thread.setDaemon(true);
        return thread;
    });

    public OrderGateway(final HoldfastStack stack, final InetSocketAddress address) throws IOException {
        listener = stack.openListener();
        listener.bind(address);
        listener.resumeHandler((socket, checkpoint) -> sessions.execute(OrderSession.resume(socket, checkpoint)));
        listener.listen(BACKLOG);
        sessions.execute(this::accept);
    }

    private void accept() {
        try {
            while (listener.isOpen()) {
                listener.await(Readiness.ACCEPT, -1);
                for (StreamSocket socket = listener.accept(); socket != null; socket = listener.accept()) {
                    sessions.execute(new OrderSession(socket));
                }
            }
        } catch (final IOException e) {
            if (listener.isOpen()) {
                System.err.println("orders: cannot accept: " + e.getMessage());
            }
        }
    }

    public InetSocketAddress address() {
        return listener.localAddress();
    }

    @Override
    public void close() {
        listener.close();
        sessions.shutdownNow();
    }
}
