package io.holdfast.tcp.recovery;

import java.util.Arrays;

/**
 * The transmissions in flight: records {@code [start, end)} of consecutive stream offsets in ascending order, each with
 * its fate. A record is the data handed down at once (a super-segment is one record). Records are split where fates differ, on
 * segment boundaries, and SACKed neighbours are joined again. Counts are in segments.
 *
 * <p>Records live in slots that never move; a ring of slot numbers gives their order, a linked list the order of their
 * last transmission (for RACK). Grows by doubling up to {@link #MAX_RECORDS}; nothing is allocated once grown.
 */
final class Scoreboard {
    /** Limit of records: what a peer that SACKs every other segment may make us keep. */
    static final int MAX_RECORDS = 1 << 16;
    static final int SACKED = 1;
    static final int LOST = 2;
    /** Sent again, and that transmission is believed to be in flight. */
    static final int RETRANSMITTED = 4;
    /** Was sent again at some time. */
    static final int EVER_RETRANSMITTED = 8;
    /** No record. */
    static final int NIL = -1;

    private static final int INITIAL_RECORDS = 4;
    private static final int UNLINKED = -2;
    private static final long NO_FIN = Long.MAX_VALUE;

    // Slots.
    long[] start = new long[INITIAL_RECORDS];
    long[] end = new long[INITIAL_RECORDS];
    long[] sentNs = new long[INITIAL_RECORDS];
    int[] tsVal = new int[INITIAL_RECORDS];
    int[] segments = new int[INITIAL_RECORDS];
    int[] segmentSize = new int[INITIAL_RECORDS];
    /** Segments the connection had delivered when this was sent (delivery rate sample); 0 once that sample was taken. */
    long[] deliveredAtSend = new long[INITIAL_RECORDS];
    byte[] flags = new byte[INITIAL_RECORDS];
    private int[] sentNext = new int[INITIAL_RECORDS];
    private int[] sentPrevious = new int[INITIAL_RECORDS];
    private int sentFirst = NIL;
    private int sentLast = NIL;
    private int freeFirst = NIL;

    // Order.
    private int[] ring = new int[INITIAL_RECORDS];
    private int head;
    private int count;

    /** Below this offset nothing lost waits to be sent again. */
    private long hint;
    private long finOffset = NO_FIN;
    /**
     * The peer sends SACK. If it does not, {@link #sackedOut} counts duplicate acknowledgements, which name no record.
     */
    boolean sack = true;

    // Linux's packets_out, sacked_out, lost_out, retrans_out.
    int packetsOut;
    int sackedOut;
    int lostOut;
    int retransOut;
    /** Segments ever marked lost, retransmissions included. */
    long lostTotal;
    /** Splits refused at {@link #MAX_RECORDS}. */
    int refusedSplits;

    Scoreboard() {
        clear();
    }

    void clear() {
        head = 0;
        count = 0;
        sentFirst = NIL;
        sentLast = NIL;
        freeFirst = NIL;
        for (int slot = start.length - 1; slot >= 0; slot--) {
            release(slot);
        }
        hint = 0;
        finOffset = NO_FIN;
        packetsOut = 0;
        sackedOut = 0;
        lostOut = 0;
        retransOut = 0;
    }

    /** The FIN's offset: it takes a place in the stream but none in a segment. */
    void finOffset(final long offset) {
        finOffset = offset;
    }

    int count() {
        return count;
    }

    boolean full() {
        return count >= MAX_RECORDS;
    }

    int slotAt(final int index) {
        return ring[head + index & ring.length - 1];
    }

    /** Segments in flight, as RFC 6675's pipe: sent, less those delivered or lost, plus those sent again. */
    int inFlight() {
        return packetsOut - sackedOut - lostOut + retransOut;
    }

    /** Index of the record with {@code offset}, or of the first after it; {@link #count()} if there is none. */
    int indexOf(final long offset) {
        int low = 0;
        int high = count;
        while (low < high) {
            final int middle = low + high >>> 1;
            if (end[slotAt(middle)] <= offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    int segmentsOf(final long from, final long to, final int size) {
        final long bytes = to - from - (to > finOffset ? 1 : 0);
        return bytes <= size ? 1 : (int) ((bytes + size - 1) / size);
    }

    /** Payload bytes of a record, the FIN not counted. */
    long bytesOf(final int slot) {
        return end[slot] - start[slot] - (end[slot] > finOffset ? 1 : 0);
    }

    /** A first transmission, after all the others. */
    int append(final long from, final long to, final int size, final int ts, final long nowNs, final long delivered) {
        final int slot = insert(count);
        start[slot] = from;
        end[slot] = to;
        sentNs[slot] = nowNs;
        tsVal[slot] = ts;
        segmentSize[slot] = size;
        segments[slot] = segmentsOf(from, to, size);
        deliveredAtSend[slot] = delivered;
        flags[slot] = 0;
        packetsOut += segments[slot];
        linkLast(slot);
        return slot;
    }

    /** The record leaves again: its time is now. */
    void resent(final int slot, final int size, final int ts, final long nowNs, final long delivered) {
        if (segmentSize[slot] != size) {
            segmentSize[slot] = size;
            resize(slot, segmentsOf(start[slot], end[slot], size));
        }
        sentNs[slot] = nowNs;
        tsVal[slot] = ts;
        deliveredAtSend[slot] = delivered;
        flags[slot] |= EVER_RETRANSMITTED;
        unlink(slot);
        linkLast(slot);
    }

    /** Cuts the record at {@code index} before offset {@code at}, which lies inside it. False if there are too many. */
    boolean split(final int index, final long at, final int size) {
        if (full()) {
            refusedSplits++;
            return false;
        }
        final int right = insert(index + 1);
        final int left = slotAt(index);
        start[right] = at;
        end[right] = end[left];
        sentNs[right] = sentNs[left];
        tsVal[right] = tsVal[left];
        deliveredAtSend[right] = deliveredAtSend[left];
        flags[right] = flags[left];
        segmentSize[right] = size;
        segmentSize[left] = size;
        end[left] = at;
        final int before = segments[left];
        segments[right] = segmentsOf(at, end[right], size);
        segments[left] = before - segments[right];
        resize(left, segmentsOf(start[left], at, size));
        if (sentPrevious[left] == UNLINKED) {
            sentPrevious[right] = UNLINKED;
        } else {
            linkAfter(left, right);
        }
        return true;
    }

    /** Corrects the segments of a record that is still in flight. */
    private void resize(final int slot, final int now) {
        final int fewer = segments[slot] - now;
        recount(slot, now);
        forgetDuplicates(fewer);
    }

    /** {@code fewer} segments than before are in flight, so fewer can have caused duplicates (Linux's tcp_adjust_pcount). */
    private void forgetDuplicates(final int fewer) {
        if (!sack && fewer > 0) {
            sackedOut = Math.max(0, sackedOut - fewer);
        }
    }

    /** Corrects a record's segments, and the counters it is part of. */
    private void recount(final int slot, final int now) {
        final int more = now - segments[slot];
        if (more == 0) {
            return;
        }
        segments[slot] = now;
        packetsOut += more;
        final int fate = flags[slot];
        sackedOut += (fate & SACKED) != 0 ? more : 0;
        lostOut += (fate & LOST) != 0 ? more : 0;
        retransOut += (fate & RETRANSMITTED) != 0 ? more : 0;
    }

    /** The first {@code acked} segments of the first record, up to offset {@code to}, are done with. */
    void trimHead(final long to) {
        final int slot = slotAt(0);
        start[slot] = to;
        recount(slot, segmentsOf(to, end[slot], segmentSize[slot]));
    }

    /** Moves the start without a change of counts: bytes of a lone segment that need not be sent again. */
    void trimBytes(final int slot, final long to) {
        start[slot] = to;
    }

    void removeHead() {
        final int slot = slotAt(0);
        packetsOut -= segments[slot];
        final int fate = flags[slot];
        sackedOut -= (fate & SACKED) != 0 ? segments[slot] : 0;
        lostOut -= (fate & LOST) != 0 ? segments[slot] : 0;
        retransOut -= (fate & RETRANSMITTED) != 0 ? segments[slot] : 0;
        unlink(slot);
        head = head + 1 & ring.length - 1;
        count--;
        release(slot);
    }

    /**
     * Joins a SACKed record to the SACKed one before it if they are made of full segments alike, so that the records a
     * peer can make us keep are bounded by the holes.
     */
    boolean joinSacked(final int index) {
        if (index == 0 || index >= count) {
            return false;
        }
        final int left = slotAt(index - 1);
        final int right = slotAt(index);
        final int mask = SACKED | LOST | RETRANSMITTED | EVER_RETRANSMITTED;
        final int size = segmentSize[left];
        if ((flags[left] & mask) != (flags[right] & mask) || (flags[left] & SACKED) == 0 || size != segmentSize[right]
            || end[left] - start[left] != (long) segments[left] * size || end[right] > finOffset) {
            return false;
        }
        end[left] = end[right];
        segments[left] += segments[right];
        remove(index);
        return true;
    }

    /**
     * Joins small segments behind the one that is about to be sent again to it, as long as the sum fits into one
     * (Linux's tcp_retrans_collapse).
     */
    void collapse(final int index, final int size) {
        final int slot = slotAt(index);
        long bytes = bytesOf(slot);
        while (index + 1 < count && bytes < size) {
            final int next = slotAt(index + 1);
            bytes += bytesOf(next);
            if (segments[next] != 1 || (flags[next] & SACKED) != 0 || bytes > size) {
                return;
            }
            packetsOut -= 1;
            forgetDuplicates(1);
            lostOut -= (flags[next] & LOST) != 0 ? 1 : 0;
            retransOut -= (flags[next] & RETRANSMITTED) != 0 ? 1 : 0;
            flags[slot] |= (byte) (flags[next] & EVER_RETRANSMITTED);
            end[slot] = end[next];
            remove(index + 1);
        }
    }

    // --- fates ---

    void markSacked(final int slot) {
        flags[slot] |= SACKED;
        sackedOut += segments[slot];
        unlink(slot);
    }

    /** The peer took its report back; the record is in no order of transmission until it is sent again. */
    void clearSacked(final int slot) {
        if ((flags[slot] & SACKED) != 0) {
            flags[slot] &= ~SACKED;
            sackedOut -= segments[slot];
        }
    }

    void clearLost(final int slot) {
        if ((flags[slot] & LOST) != 0) {
            flags[slot] &= ~LOST;
            lostOut -= segments[slot];
        }
    }

    void clearRetransmitted(final int slot) {
        if ((flags[slot] & RETRANSMITTED) != 0) {
            flags[slot] &= ~RETRANSMITTED;
            retransOut -= segments[slot];
        }
    }

    /**
     * Marks a record lost, or its retransmission.
     *
     * @return segments of a retransmission that was lost, for the counter
     */
    int markLost(final int slot) {
        final int fate = flags[slot];
        if ((fate & SACKED) != 0) {
            return 0;
        }
        hint = Math.min(hint, start[slot]);
        if ((fate & LOST) == 0) {
            flags[slot] |= LOST;
            lostOut += segments[slot];
            lostTotal += segments[slot];
            return 0;
        }
        if ((fate & RETRANSMITTED) != 0) {
            clearRetransmitted(slot);
            lostTotal += segments[slot];
            return segments[slot];
        }
        return 0;
    }

    void markRetransmitted(final int slot) {
        if ((flags[slot] & RETRANSMITTED) == 0) {
            flags[slot] |= RETRANSMITTED;
            retransOut += segments[slot];
        }
    }

    /** Index of the first record that is lost and not sent again, or -1. */
    int nextLost() {
        int index = indexOf(hint);
        while (index < count) {
            final int slot = slotAt(index);
            if ((flags[slot] & (LOST | SACKED | RETRANSMITTED)) == LOST) {
                hint = start[slot];
                return index;
            }
            index++;
        }
        hint = count == 0 ? hint : end[slotAt(count - 1)];
        return -1;
    }

    // --- order of transmission ---

    int firstSent() {
        return sentFirst;
    }

    int nextSent(final int slot) {
        return sentNext[slot];
    }

    private void linkLast(final int slot) {
        sentPrevious[slot] = sentLast;
        sentNext[slot] = NIL;
        if (sentLast == NIL) {
            sentFirst = slot;
        } else {
            sentNext[sentLast] = slot;
        }
        sentLast = slot;
    }

    private void linkAfter(final int slot, final int added) {
        final int next = sentNext[slot];
        sentPrevious[added] = slot;
        sentNext[added] = next;
        sentNext[slot] = added;
        if (next == NIL) {
            sentLast = added;
        } else {
            sentPrevious[next] = added;
        }
    }

    void unlink(final int slot) {
        final int previous = sentPrevious[slot];
        if (previous == UNLINKED) {
            return;
        }
        final int next = sentNext[slot];
        if (previous == NIL) {
            sentFirst = next;
        } else {
            sentNext[previous] = next;
        }
        if (next == NIL) {
            sentLast = previous;
        } else {
            sentPrevious[next] = previous;
        }
        sentPrevious[slot] = UNLINKED;
    }

    // --- slots and ring ---

    private void release(final int slot) {
        sentNext[slot] = freeFirst;
        sentPrevious[slot] = UNLINKED;
        freeFirst = slot;
    }

    private int insert(final int index) {
        if (freeFirst == NIL) {
            grow();
        }
        final int slot = freeFirst;
        freeFirst = sentNext[slot];
        final int mask = ring.length - 1;
        if (index < count / 2) {
            head = head - 1 & mask;
            for (int i = 0; i < index; i++) {
                ring[head + i & mask] = ring[head + i + 1 & mask];
            }
        } else {
            for (int i = count; i > index; i--) {
                ring[head + i & mask] = ring[head + i - 1 & mask];
            }
        }
        ring[head + index & mask] = slot;
        count++;
        return slot;
    }

    /** Takes a record out whose segments another one has taken over. */
    private void remove(final int index) {
        final int mask = ring.length - 1;
        final int slot = slotAt(index);
        unlink(slot);
        if (index < count / 2) {
            for (int i = index; i > 0; i--) {
                ring[head + i & mask] = ring[head + i - 1 & mask];
            }
            head = head + 1 & mask;
        } else {
            for (int i = index; i < count - 1; i++) {
                ring[head + i & mask] = ring[head + i + 1 & mask];
            }
        }
        count--;
        release(slot);
    }

    private void grow() {
        final int before = start.length;
        final int after = before * 2;
        start = Arrays.copyOf(start, after);
        end = Arrays.copyOf(end, after);
        sentNs = Arrays.copyOf(sentNs, after);
        tsVal = Arrays.copyOf(tsVal, after);
        segments = Arrays.copyOf(segments, after);
        segmentSize = Arrays.copyOf(segmentSize, after);
        deliveredAtSend = Arrays.copyOf(deliveredAtSend, after);
        flags = Arrays.copyOf(flags, after);
        sentNext = Arrays.copyOf(sentNext, after);
        sentPrevious = Arrays.copyOf(sentPrevious, after);
        final int[] unrolled = new int[after];
        for (int i = 0; i < count; i++) {
            unrolled[i] = slotAt(i);
        }
        ring = unrolled;
        head = 0;
        for (int slot = after - 1; slot >= before; slot--) {
            release(slot);
        }
    }
}
