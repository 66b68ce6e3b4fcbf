package io.holdfast.net;

import io.holdfast.socket.HoldfastStack;
import java.net.Socket;
import java.net.SocketException;

/** A socket of the stack; made by {@link HoldfastSocketFactory} and {@link HoldfastServerSocket}. */
final class HoldfastSocket extends Socket {
    HoldfastSocket(final HoldfastStack stack) throws SocketException {
        super(new StackSocketImpl(stack, false));
    }
}
