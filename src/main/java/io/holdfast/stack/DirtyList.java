package io.holdfast.stack;

/** Connections that were touched and want their turn, first in first out, each once. With the baton only. */
final class DirtyList {
    private Endpoint head;
    private Endpoint tail;
    private int size;

    void add(final Endpoint endpoint) {
        if (endpoint.dirty) {
            return;
        }
        endpoint.dirty = true;
        endpoint.nextDirty = null;
        if (tail == null) {
            head = endpoint;
        } else {
            tail.nextDirty = endpoint;
        }
        tail = endpoint;
        size++;
    }

    /** Takes the first one out; null if there is none. */
    Endpoint poll() {
        final Endpoint first = head;
        if (first != null) {
            head = first.nextDirty;
            if (head == null) {
                tail = null;
            }
            first.nextDirty = null;
            first.dirty = false;
            size--;
        }
        return first;
    }

    int size() {
        return size;
    }
}
