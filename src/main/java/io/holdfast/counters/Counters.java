package io.holdfast.counters;

import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The write side of the counters of one shard. Each counter has one writer at a time: the thread that has the baton or, for those
 * of channels, membership and most of replication, the replicator's. Any number of readers.
 */
public final class Counters {
    /** Counter ids are below this. */
    public static final int CAPACITY = 512;

    private final AtomicBuffer values;

    /** Counters in memory of their own. */
    public Counters() {
        this(new UnsafeBuffer(new byte[CAPACITY * Long.BYTES]));
    }

    /**
     * @param values at least {@link #CAPACITY} longs, possibly mapped from a file
     */
    public Counters(final AtomicBuffer values) {
        this.values = values;
    }

    public void increment(final CounterDescriptor counter) {
        add(counter, 1);
    }

    public void add(final CounterDescriptor counter, final long n) {
        final int index = counter.id() * Long.BYTES;
        values.putLongOrdered(index, values.getLong(index) + n);
    }

    /** Sets a gauge. */
    public void set(final CounterDescriptor counter, final long value) {
        values.putLongOrdered(counter.id() * Long.BYTES, value);
    }

    public long get(final CounterDescriptor counter) {
        return values.getLongVolatile(counter.id() * Long.BYTES);
    }
}
