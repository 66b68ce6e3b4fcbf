package io.holdfast.stack;

import io.holdfast.buffer.StreamBuffer;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How an application on a backup may read: in the portions in which the primary's application read, when it has, and when the
 * application here has written as much as that one had by then: what a client sends may be its answer to that, and where one thread reads
 * and another works, the one that reads must not be early. The shard adds portions, the application's reader takes them. After a
 * takeover the script is played to its end, then reading is free.
 */
public final class ReadScript {
    /** {@link #read}: the script is over; read as any connection does. */
    static final int FREE = -2;

    private record Portion(int bytes, long afterOutput) {
    }

    private final Queue<Portion> portions = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile boolean live;
    private volatile boolean regardless;
    /** What the primary's application had written by the next portion. Shard only. */
    private long output;
    /** Left of the portion being read. Reader only. */
    private int left;

    /** The primary's application had written so many bytes when it read what is added next. Shard only. */
    public void written(final long bytes) {
        output = bytes;
    }

    /** The primary's application read so many bytes. Shard only. */
    public void add(final int bytes) {
        waiting.incrementAndGet();
        portions.add(new Portion(bytes, output));
    }

    /** Portions that were not begun yet. Any thread. */
    public int waiting() {
        return waiting.get();
    }

    /** Forgets all portions, before anybody reads. Shard only. */
    public void clear() {
        portions.clear();
        waiting.set(0);
    }

    /** Nothing is left to be played. Its reader, or the shard while that waits. */
    boolean over() {
        return live && left == 0 && portions.isEmpty();
    }

    /** There will be no more portions. Shard only. */
    public void goLive() {
        live = true;
    }

    /**
     * True if a read would give something. Any thread.
     *
     * @param written by the application here, so far
     */
    boolean readable(final StreamBuffer buffer, final long written) {
        if (buffer.size() == 0 || left > 0) {
            return buffer.size() > 0;
        }
        // Before the queue: what was added before the end is seen.
        final boolean last = live;
        final Portion next = portions.peek();
        return next == null ? last : isDue(next, written);
    }

    private boolean isDue(final Portion portion, final long written) {
        return regardless || portion.afterOutput <= written;
    }

    /** There are portions that were not begun: the end of the stream, known though it may be, is not there yet. Any thread. */
    boolean isUnread() {
        return !portions.isEmpty() && !regardless;
    }

    /** Nothing more can be written: reading does not wait for it. Shard only. */
    public void regardless() {
        regardless = true;
    }

    /** Bytes read, 0 if there is no portion yet, or {@link #FREE}. Reader only. */
    int read(final StreamBuffer buffer, final ByteBuffer dst, final long written) {
        if (!begin(written)) {
            return FREE;
        }
        return left == 0 ? 0 : part(buffer, dst);
    }

    /** The same into several buffers, of one portion. */
    long read(final StreamBuffer buffer, final ByteBuffer[] dsts, final int offset, final int length, final long written) {
        if (!begin(written)) {
            return FREE;
        }
        long total = 0;
        for (int i = offset; i < offset + length && left > 0; i++) {
            total += part(buffer, dsts[i]);
            if (dsts[i].hasRemaining()) {
                break;
            }
        }
        return total;
    }

    /** Takes the next portion if the last is used up. False if the script is over. */
    private boolean begin(final long written) {
        if (left == 0) {
            // Before the queue: what is added before the end is seen.
            final boolean last = live;
            final Portion next = portions.peek();
            if (next == null) {
                return !last;
            }
            if (isDue(next, written)) {
                portions.remove();
                waiting.decrementAndGet();
                left = next.bytes;
            }
        }
        return true;
    }

    private int part(final StreamBuffer buffer, final ByteBuffer dst) {
        final int limit = dst.limit();
        if (dst.remaining() > left) {
            dst.limit(dst.position() + left);
        }
        final int n = buffer.read(dst);
        dst.limit(limit);
        left -= n;
        return n;
    }
}
