package io.holdfast.link.decorator;

import io.holdfast.link.FrameCopy;
import java.util.ArrayDeque;
import java.util.ArrayList;

/** Frames on their way, by the time at which they are due and then by the order in which they came: a binary heap. */
final class HeldFrames {
    private final ArrayList<Held> heap = new ArrayList<>();
    private final ArrayDeque<Held> free = new ArrayDeque<>();
    private final int limit;
    private long order;

    /** @param limit frames that can be held */
    HeldFrames(final int limit) {
        this.limit = limit;
    }

    boolean isFull() {
        return heap.size() >= limit;
    }

    boolean isEmpty() {
        return heap.isEmpty();
    }

    /** Returns a frame for the caller to fill in; it is held from now on. There must be room. */
    FrameCopy add(final long dueNs) {
        final Held held = free.isEmpty() ? new Held() : free.pop();
        held.dueNs = dueNs;
        held.order = order++;
        heap.add(held);
        int child = heap.size() - 1;
        while (child > 0) {
            final int parent = (child - 1) / 2;
            if (!isBefore(held, heap.get(parent))) {
                break;
            }
            heap.set(child, heap.get(parent));
            child = parent;
        }
        heap.set(child, held);
        return held.frame;
    }

    /** When the first frame is due; {@code none} if there is no frame. */
    long firstDueNs(final long none) {
        return heap.isEmpty() ? none : heap.get(0).dueNs;
    }

    /** The frame that is due first; held until {@link #remove}. */
    FrameCopy first() {
        return heap.get(0).frame;
    }

    /** Lets the first frame go. */
    void remove() {
        free.push(heap.get(0));
        final Held last = heap.remove(heap.size() - 1);
        if (heap.isEmpty()) {
            return;
        }
        int parent = 0;
        while (true) {
            int child = 2 * parent + 1;
            if (child >= heap.size()) {
                break;
            }
            if (child + 1 < heap.size() && isBefore(heap.get(child + 1), heap.get(child))) {
                child++;
            }
            if (!isBefore(heap.get(child), last)) {
                break;
            }
            heap.set(parent, heap.get(child));
            parent = child;
        }
        heap.set(parent, last);
    }

    void clear() {
        free.addAll(heap);
        heap.clear();
    }

    private static boolean isBefore(final Held a, final Held b) {
        return a.dueNs < b.dueNs || a.dueNs == b.dueNs && a.order < b.order;
    }

    private static final class Held {
        private final FrameCopy frame = new FrameCopy();
        private long dueNs;
        private long order;
    }
}
