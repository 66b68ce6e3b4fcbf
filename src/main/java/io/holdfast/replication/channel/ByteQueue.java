package io.holdfast.replication.channel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Bytes between a writer and a reader, in one piece of memory: taken from the head, added at the tail. The two
 * {@link ByteBuffer} views are one object, so each is to be used up (with {@link #taken} or {@link #added}) before the next.
 */
final class ByteQueue {
    private final ByteBuffer bytes;
    private final UnsafeBuffer view;
    private int head;
    private int tail;

    private ByteQueue(final ByteBuffer memory) {
        bytes = memory.order(ByteOrder.LITTLE_ENDIAN);
        view = new UnsafeBuffer(bytes);
    }

    /** For what goes between a socket and its owner as it is. */
    static ByteQueue direct(final int capacity) {
        return new ByteQueue(ByteBuffer.allocateDirect(capacity));
    }

    /**
     * For what the JDK's ciphers read or write: from memory outside the heap they copy it, a kilobyte at a time, which halves
     * their speed; the socket's copy of such bytes costs a tenth of that.
     */
    static ByteQueue onHeap(final int capacity) {
        return new ByteQueue(ByteBuffer.allocate(capacity));
    }

    UnsafeBuffer view() {
        return view;
    }

    int head() {
        return head;
    }

    int tail() {
        return tail;
    }

    int size() {
        return tail - head;
    }

    /** Room at the tail; more may be had by {@link #compact}. */
    int free() {
        return bytes.capacity() - tail;
    }

    void clear() {
        head = 0;
        tail = 0;
    }

    /** The bytes that wait, to be consumed; then call {@link #taken}. */
    ByteBuffer toTake() {
        return bytes.limit(tail).position(head);
    }

    void taken() {
        skip(bytes.position() - head);
    }

    /** The room there is; then call {@link #added}. */
    ByteBuffer toAdd() {
        return bytes.limit(bytes.capacity()).position(tail);
    }

    void added() {
        tail = bytes.position();
    }

    void added(final int length) {
        tail += length;
    }

    /** The bytes that were skipped stay readable through the view until something is added. */
    void skip(final int length) {
        head += length;
        if (head == tail) {
            clear();
        }
    }

    void compact() {
        if (head > 0) {
            bytes.limit(tail).position(head);
            bytes.compact();
            tail -= head;
            head = 0;
        }
    }

    void moveTo(final ByteQueue other) {
        other.toAdd().put(toTake());
        other.added();
        clear();
    }

    /** As many whole bytes as the other has room for. */
    void copy(final ByteQueue other, final int length) {
        other.view.putBytes(other.tail, view, head, length);
        other.tail += length;
        skip(length);
    }
}
