package io.holdfast.net;

import io.holdfast.socket.HoldfastStack;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;

/** A listener of the stack; made by {@link HoldfastServerSocketFactory}. */
final class HoldfastServerSocket extends ServerSocket {
    private final HoldfastStack stack;

    HoldfastServerSocket(final HoldfastStack stack) {
        super(new StackSocketImpl(stack, true));
        this.stack = stack;
    }

    @Override
    public Socket accept() throws IOException {
        if (isClosed()) {
            throw new SocketException("Socket is closed");
        }
        if (!isBound()) {
            throw new SocketException("Socket is not bound yet");
        }
        final Socket accepted = new HoldfastSocket(stack);
        implAccept(accepted);
        return accepted;
    }
}
