package io.holdfast.net;

import io.holdfast.stack.Platform;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/**
 * One blocking call of a {@code java.net} socket: its time limit, and interrupts. A platform thread's interrupt does not
 * disturb it and is put back at its end; a virtual thread's closes the socket, as with the JDK's own sockets.
 */
final class Waits implements AutoCloseable {
    /** After its time, a call that may not give up yet asks again as often. */
    private static final long OVERTIME_NS = 20_000_000L;

    private final boolean limited;
    private final long endNs;
    private final String timeoutMessage;
    private boolean interrupted;

    /**
     * @param timeoutMs 0 for no limit
     */
    Waits(final int timeoutMs, final String timeoutMessage) {
        limited = timeoutMs > 0;
        endNs = limited ? System.nanoTime() + timeoutMs * 1_000_000L : 0;
        this.timeoutMessage = timeoutMessage;
    }

    /** Waits once; may return early. */
    void once(final StackSocketImpl socket, final LongConsumer wait) throws IOException {
        once(socket, wait, expired -> expired);
    }

    /**
     * The same.
     *
     * @param givesUp whether the call gives up, told whether its time is over; where it does not although it is, it waits on
     */
    void once(final StackSocketImpl socket, final LongConsumer wait, final Predicate<Boolean> givesUp) throws IOException {
        long leftNs = -1;
        if (limited) {
            leftNs = endNs - System.nanoTime();
            if (givesUp.test(leftNs <= 0)) {
                throw new SocketTimeoutException(timeoutMessage);
            }
            leftNs = leftNs <= 0 ? OVERTIME_NS : leftNs;
        }
        wait.accept(leftNs);
        final Thread thread = Thread.currentThread();
        if (thread.isInterrupted()) {
            if (Platform.isVirtual(thread)) {
                socket.close();
                throw new SocketException("Closed by interrupt");
            }
            interrupted |= Thread.interrupted();
        }
    }

    @Override
    public void close() {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
