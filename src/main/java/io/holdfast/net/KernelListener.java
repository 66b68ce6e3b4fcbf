package io.holdfast.net;

import io.holdfast.socket.KernelAcceptor;
import java.io.IOException;
import java.net.SocketImpl;

/** The kernel's side of a server socket that is both worlds'. */
record KernelListener(SocketImpl socket) implements KernelAcceptor.Source<SocketImpl> {
    @Override
    public SocketImpl accept() throws IOException {
        final SocketImpl accepted = KernelSockets.open(false);
        KernelSockets.accept(socket, accepted);
        return accepted;
    }

    @Override
    public void discard(final SocketImpl connection) {
        try {
            KernelSockets.close(connection);
        } catch (final IOException e) {
            // It is gone either way.
            return;
        }
    }

    @Override
    public void close() throws IOException {
        KernelSockets.close(socket);
    }
}
