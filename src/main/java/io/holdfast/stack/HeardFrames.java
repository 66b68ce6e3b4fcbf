package io.holdfast.stack;

import io.holdfast.counters.Counters;
import io.holdfast.counters.StackCounter;
import io.holdfast.link.FrameSlot;
import java.nio.ByteBuffer;
import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The last frames heard for an address that another host uses: what a backup handles when it takes the address, so that
 * segments in flight are not lost with the primary. A ring within limits of bytes and time, the oldest is forgotten.
 * Its memory is taken once, when the first frame is heard; keeping a frame is one copy. With the baton only.
 */
final class HeardFrames {
    /** Takes what was heard. */
    interface Handler {
        /** A frame, which is good for this call. False defers it: it comes once more after {@link #onAllHeard}. */
        boolean onHeard(FrameSlot slot);

        /** Every frame has come once. */
        void onAllHeard();
    }

    private static final int ALIGNMENT = 8;
    // An entry: length, gsoSize, whether the checksum is valid, whether it was deferred, arrival; then the frame.
    private static final int LENGTH = 0;
    private static final int GSO_SIZE = 4;
    private static final int CHECKSUM_VALID = 8;
    private static final int DEFERRED = 12;
    private static final int ARRIVAL = 16;
    private static final int HEADER_BYTES = 24;
    /** As a length: the rest of the ring is unused, and the next entry is at its beginning. */
    private static final int WRAPPED = -1;

    private final int capacity;
    private final long ageNs;
    private final Counters counters;
    private UnsafeBuffer ring;
    private int head;
    private int tail;
    private int usedBytes;
    private int count;

    /**
     * @param limitBytes of the ring, what is kept with each frame included; rounded down
     * @param ageNs      how long a frame is kept
     */
    HeardFrames(final int limitBytes, final long ageNs, final Counters counters) {
        capacity = limitBytes & -ALIGNMENT;
        this.ageNs = ageNs;
        this.counters = counters;
    }

    /** Frames kept now, those included that have become too old. */
    int count() {
        return count;
    }

    /** Keeps a copy. */
    void keep(final FrameSlot slot, final long nowNs) {
        counters.increment(StackCounter.HEARD);
        final int needed = BitUtil.align(HEADER_BYTES + slot.length, ALIGNMENT);
        if (needed > capacity) {
            counters.increment(StackCounter.HEARD_DISPLACED);
            return;
        }
        if (ring == null) {
            ring = new UnsafeBuffer(ByteBuffer.allocateDirect(capacity));
        }
        while (count > 0 && nowNs - ring.getLong(first() + ARRIVAL) > ageNs) {
            forget(StackCounter.HEARD_EXPIRED);
        }
        while (!hasRoom(needed)) {
            forget(StackCounter.HEARD_DISPLACED);
        }
        if (needed > capacity - tail) {
            ring.putInt(tail + LENGTH, WRAPPED);
            usedBytes += capacity - tail;
            tail = 0;
        }
        ring.putInt(tail + LENGTH, slot.length);
        ring.putInt(tail + GSO_SIZE, slot.gsoSize);
        ring.putInt(tail + CHECKSUM_VALID, slot.checksumValid ? 1 : 0);
        ring.putLong(tail + ARRIVAL, nowNs);
        ring.putBytes(tail + HEADER_BYTES, slot.buffer, slot.offset, slot.length);
        tail = next(tail, needed);
        usedBytes += needed;
        count++;
    }

    /** Room without overwriting what is kept; an entry is never split. */
    private boolean hasRoom(final int needed) {
        if (count == 0) {
            clear();
            return true;
        }
        final int unused = needed > capacity - tail ? capacity - tail : 0;
        return usedBytes + unused + needed <= capacity;
    }

    /** Hands out what is not too old, in the order of arrival, then what the handler deferred; forgets everything. */
    void replay(final Handler handler, final long nowNs) {
        if (count == 0) {
            return;
        }
        final FrameSlot slot = new FrameSlot();
        int at = first();
        for (int i = 0; i < count; i++) {
            at = whole(at);
            if (nowNs - ring.getLong(at + ARRIVAL) > ageNs) {
                counters.increment(StackCounter.HEARD_EXPIRED);
                ring.putInt(at + DEFERRED, 0);
            } else {
                counters.increment(StackCounter.HEARD_TAKEN_IN);
                load(at, slot);
                ring.putInt(at + DEFERRED, handler.onHeard(slot) ? 0 : 1);
            }
            at = next(at, bytesAt(at));
        }
        handler.onAllHeard();
        at = first();
        for (int i = 0; i < count; i++) {
            at = whole(at);
            if (ring.getInt(at + DEFERRED) != 0) {
                load(at, slot);
                handler.onHeard(slot);
            }
            at = next(at, bytesAt(at));
        }
        clear();
    }

    private void load(final int at, final FrameSlot slot) {
        slot.clear();
        slot.length = ring.getInt(at + LENGTH);
        slot.gsoSize = ring.getInt(at + GSO_SIZE);
        slot.checksumValid = ring.getInt(at + CHECKSUM_VALID) != 0;
        slot.buffer.putBytes(slot.offset, ring, at + HEADER_BYTES, slot.length);
    }

    private void clear() {
        head = 0;
        tail = 0;
        usedBytes = 0;
        count = 0;
    }

    /** Where the oldest entry is. */
    private int first() {
        final int at = whole(head);
        if (at != head) {
            usedBytes -= capacity - head;
            head = at;
        }
        return at;
    }

    /** Where the entry is whose place this would have been. */
    private int whole(final int at) {
        return ring.getInt(at + LENGTH) == WRAPPED ? 0 : at;
    }

    private void forget(final StackCounter why) {
        counters.increment(why);
        final int at = first();
        final int bytes = bytesAt(at);
        head = next(at, bytes);
        usedBytes -= bytes;
        count--;
    }

    private int bytesAt(final int at) {
        return BitUtil.align(HEADER_BYTES + ring.getInt(at + LENGTH), ALIGNMENT);
    }

    private int next(final int at, final int bytes) {
        return at + bytes == capacity ? 0 : at + bytes;
    }
}
