package io.holdfast.socket;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** How many threads are inside a socket, so that its buffers' memory is not given back under a reader or writer. Any thread. */
final class Occupants {
    /** The application closed the socket. The rest counts threads inside. */
    private static final int CLOSED_BIT = 1 << 30;
    private static final VarHandle USERS;

    static {
        try {
            USERS = MethodHandles.lookup().findVarHandle(Occupants.class, "users", int.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile int users;

    /** The calling thread counts as inside until {@link #leave}, also if this is false: the socket is closed. */
    boolean enter() {
        return ((int) USERS.getAndAdd(this, 1) & CLOSED_BIT) == 0;
    }

    /** True if the socket is closed, and this was the last one inside. */
    boolean leave() {
        return (int) USERS.getAndAdd(this, -1) - 1 == CLOSED_BIT;
    }

    /** True for the first one. */
    boolean close() {
        return ((int) USERS.getAndBitwiseOr(this, CLOSED_BIT) & CLOSED_BIT) == 0;
    }

    boolean isClosed() {
        return (users & CLOSED_BIT) != 0;
    }

    /** The socket is closed, and nobody is inside. */
    boolean isOver() {
        return users == CLOSED_BIT;
    }
}
