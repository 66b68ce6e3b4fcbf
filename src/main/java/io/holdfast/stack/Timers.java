package io.holdfast.stack;

import io.holdfast.util.Deadline;
import java.util.Arrays;

/**
 * One timer a connection, at its earliest deadline: a binary heap in which each endpoint knows its place, so that the
 * earliest deadline of all is exact (virtual time moves to it) and equal seeds fire in equal order. Re-armed lazily: a
 * later deadline leaves the earlier entry, whose firing finds nothing to do and arms the right one. No allocation but for
 * growth. With the baton only.
 */
final class Timers {
    /** {@link Endpoint#timerIndex} of an endpoint that is not in the heap. */
    static final int NOT_ARMED = -1;
    private static final int INITIAL_CAPACITY = 256;

    private Endpoint[] heap = new Endpoint[INITIAL_CAPACITY];
    private int size;

    /** Earliest deadline armed, {@code Deadline.NONE} if there is none. */
    long nextDeadlineNs() {
        return size == 0 ? Deadline.NONE : heap[0].armedDeadlineNs;
    }

    /** Makes sure that the endpoint fires at that time or before. */
    void arm(final Endpoint endpoint, final long deadlineNs) {
        if (deadlineNs >= endpoint.armedDeadlineNs) {
            return;
        }
        endpoint.armedDeadlineNs = deadlineNs;
        if (endpoint.timerIndex == NOT_ARMED) {
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, size * 2);
            }
            endpoint.timerIndex = size++;
        }
        siftUp(endpoint);
    }

    /** The endpoint whose deadline has come first, taken out; null if none has. */
    Endpoint expire(final long nowNs) {
        if (size == 0 || !Deadline.expired(heap[0].armedDeadlineNs, nowNs)) {
            return null;
        }
        final Endpoint first = heap[0];
        cancel(first);
        return first;
    }

    void cancel(final Endpoint endpoint) {
        final int index = endpoint.timerIndex;
        if (index == NOT_ARMED) {
            return;
        }
        endpoint.timerIndex = NOT_ARMED;
        endpoint.armedDeadlineNs = Deadline.NONE;
        final Endpoint last = heap[--size];
        heap[size] = null;
        if (last != endpoint) {
            last.timerIndex = index;
            heap[index] = last;
            siftDown(last);
            siftUp(last);
        }
    }

    private void siftUp(final Endpoint endpoint) {
        int i = endpoint.timerIndex;
        while (i > 0) {
            final int parent = i - 1 >> 1;
            if (heap[parent].armedDeadlineNs <= endpoint.armedDeadlineNs) {
                break;
            }
            put(i, heap[parent]);
            i = parent;
        }
        put(i, endpoint);
    }

    private void siftDown(final Endpoint endpoint) {
        int i = endpoint.timerIndex;
        while (2 * i + 1 < size) {
            int child = 2 * i + 1;
            if (child + 1 < size && heap[child + 1].armedDeadlineNs < heap[child].armedDeadlineNs) {
                child++;
            }
            if (endpoint.armedDeadlineNs <= heap[child].armedDeadlineNs) {
                break;
            }
            put(i, heap[child]);
            i = child;
        }
        put(i, endpoint);
    }

    private void put(final int i, final Endpoint endpoint) {
        heap[i] = endpoint;
        endpoint.timerIndex = i;
    }
}
