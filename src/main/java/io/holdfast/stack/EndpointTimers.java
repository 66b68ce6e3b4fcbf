package io.holdfast.stack;

import io.holdfast.timer.TimerHandler;
import io.holdfast.timer.TimerQueue;
import io.holdfast.util.Deadline;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * One timer a connection, at its earliest deadline. Re-armed lazily: a later deadline leaves the earlier entry, whose
 * firing finds nothing to do and arms the right one. With the baton only.
 */
final class EndpointTimers implements TimerHandler {
    /** {@link Endpoint#timerId} of an endpoint that has never had a deadline. */
    static final int NO_ID = -1;
    private static final int INITIAL_CAPACITY = 256;

    private final TimerQueue queue;
    private final Consumer<Endpoint> onExpired;
    private Endpoint[] byId = new Endpoint[INITIAL_CAPACITY];
    private int[] freeIds = new int[INITIAL_CAPACITY];
    private int freeCount;
    private int nextId;

    /**
     * @param limit     endpoints at most
     * @param onExpired gets each endpoint whose deadline has come
     */
    EndpointTimers(final int limit, final Consumer<Endpoint> onExpired) {
        queue = new TimerQueue(limit);
        this.onExpired = onExpired;
    }

    /** Earliest deadline armed, {@code Deadline.NONE} if there is none. */
    long nextDeadlineNs() {
        return queue.nextDeadlineNs();
    }

    /** Makes sure that the endpoint fires at that time or before. */
    void arm(final Endpoint endpoint, final long deadlineNs) {
        if (deadlineNs >= endpoint.armedDeadlineNs) {
            return;
        }
        if (endpoint.timerId == NO_ID) {
            endpoint.timerId = takeId();
            byId[endpoint.timerId] = endpoint;
        }
        endpoint.armedDeadlineNs = deadlineNs;
        queue.schedule(endpoint.timerId, deadlineNs);
    }

    /** Fires what is due, a bounded number. Returns that number. */
    int expire(final long nowNs, final int limit) {
        return queue.poll(nowNs, this, limit);
    }

    @Override
    public void onTimer(final int id, final long nowNs) {
        final Endpoint endpoint = byId[id];
        endpoint.armedDeadlineNs = Deadline.NONE;
        onExpired.accept(endpoint);
    }

    /** The endpoint is done: its timer and id are free again. */
    void remove(final Endpoint endpoint) {
        final int id = endpoint.timerId;
        if (id == NO_ID) {
            return;
        }
        queue.cancel(id);
        endpoint.timerId = NO_ID;
        endpoint.armedDeadlineNs = Deadline.NONE;
        byId[id] = null;
        if (freeCount == freeIds.length) {
            freeIds = Arrays.copyOf(freeIds, freeCount * 2);
        }
        freeIds[freeCount++] = id;
    }

    private int takeId() {
        if (freeCount > 0) {
            return freeIds[--freeCount];
        }
        if (nextId == byId.length) {
            byId = Arrays.copyOf(byId, nextId * 2);
        }
        return nextId++;
    }
}
