package io.holdfast.socket;

import io.holdfast.stack.Endpoint;
import io.holdfast.stack.ShardClient;
import io.holdfast.tcp.TcpConnection;
import java.util.function.BooleanSupplier;

/** Who waits for a stream, or is told of its readiness. Any thread. */
final class StreamWaiters {
    private static final int READ_SIDE = Readiness.READ | Readiness.PEER_CLOSED | Readiness.HANG_UP | Readiness.ERROR;
    private static final int WRITE_SIDE = Readiness.WRITE | Readiness.CONNECT | Readiness.HANG_UP | Readiness.ERROR;
    /** What there is to tell of a stack that has stopped, and of a stream that is closed. */
    static final int ALL = READ_SIDE | WRITE_SIDE;
    private static final int ALWAYS = Readiness.HANG_UP | Readiness.ERROR;
    /** How often, and how long each time, a reader waits for an answer. */
    private static final int MOST_ANSWER_WAITS = 1_000;
    private static final long ANSWER_WAIT_NS = 1_000_000;

    private final ShardClient shard;
    private final WaiterSlot readers;
    private final WaiterSlot writers;
    private volatile ReadinessListener listener;

    StreamWaiters(final ShardClient shard) {
        this.shard = shard;
        readers = new WaiterSlot(shard);
        writers = new WaiterSlot(shard);
    }

    /** At most one; null for none. */
    void listener(final ReadinessListener value) {
        listener = value;
    }

    void tell(final int bits) {
        if ((bits & READ_SIDE) != 0) {
            readers.wake();
        }
        if ((bits & WRITE_SIDE) != 0) {
            writers.wake();
        }
        final ReadinessListener told = listener;
        if (told != null) {
            told.onReady(bits);
        }
    }

    /** As {@link StreamSocket#await}. */
    int await(final WaiterSlot.Question stream, final int interest, final long timeoutNs) {
        final boolean writes = (interest & (Readiness.WRITE | Readiness.CONNECT)) != 0;
        return (writes ? writers : readers).await(stream, interest | ALWAYS, timeoutNs);
    }

    /** Waits a second at most for what another host's application is told; not where the caller must not wait. */
    void awaitAnswer(final BooleanSupplier known) {
        for (int waits = 0; !known.getAsBoolean() && waits < MOST_ANSWER_WAITS && mayWait(); waits++) {
            readers.await(mask -> known.getAsBoolean() ? mask : 0, Readiness.READ, ANSWER_WAIT_NS);
        }
    }

    private boolean mayWait() {
        return !shard.isInvoked() && !shard.isRunByCaller();
    }

    /** SO_LINGER: waits until what was written and the FIN are acknowledged, as Linux does, or that time is over. */
    void linger(final Endpoint e, final int lingerMs) {
        if (lingerMs > 0 && !shard.isRunByCaller() && (e.status() & TcpConnection.CONNECTED) != 0) {
            final int over = TcpConnection.FIN_ACKNOWLEDGED | TcpConnection.TIME_WAIT | TcpConnection.CLOSED | TcpConnection.FAILED;
            writers.await(mask -> e.status() & mask, over, lingerMs * 1_000_000L);
        }
    }
}
