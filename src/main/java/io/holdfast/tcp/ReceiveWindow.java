package io.holdfast.tcp;

import io.holdfast.util.Deadline;

/**
 * How much the peer may send (RFC 9293 3.8.6.2, RFC 7323 2): the receive buffer's size, tuned to what the application
 * reads in a round trip, and the window told from it, which never takes back what was told and avoids silly ones.
 * Bytes and nanoseconds only.
 */
final class ReceiveWindow {
    private static final int MAX_UNSCALED = 65_535;
    private static final int SMALL_SEGMENT_BYTES = 128;

    /** Bytes the buffer may hold: the whole of what can ever be told. */
    private int space;
    private final int maxSpace;
    private boolean tuned;

    /** What is told at most: starts with the SYN's window and grows as full segments come (Linux's rcv_ssthresh). */
    private long told;

    /** Bytes the application read in the last measured round trip, at least the initial window. */
    private long copiedPerRtt;
    private long measureStartNs;
    private long measureStartOffset;
    private long rttNs;
    private long rttStartNs = Deadline.NONE;
    private long rttEdge;

    /**
     * @param space    first size, bytes
     * @param maxSpace largest size that tuning may reach
     * @param tuned    false if the application fixed the size
     */
    ReceiveWindow(final int space, final int maxSpace, final boolean tuned) {
        this.space = space;
        this.maxSpace = maxSpace;
        this.tuned = tuned;
    }

    int space() {
        return space;
    }

    int maxSpace() {
        return maxSpace;
    }

    /** The window for a SYN, whole segments as Linux does it, never scaled. */
    long initial(final int mss) {
        int window = space;
        if (window > mss) {
            window -= window % mss;
        }
        told = Math.min(window, MAX_UNSCALED);
        return told;
    }

    /** The shift that lets the largest window be told (RFC 7323 2.3). */
    int shift() {
        // As Linux, from the buffer's size, of which the window is half.
        final int bits = 63 - Long.numberOfLeadingZeros(2L * Math.max(space, maxSpace));
        return Math.max(0, Math.min(14, bits - 15));
    }

    /**
     * The window to tell now, in bytes; a multiple of the scale's unit, and never less than what was told.
     *
     * @param held bytes in the buffer that the application has not read
     */
    long select(final Tcb tcb, final long held, final int rcvMss) {
        final long window = fresh(tcb, held, rcvMss);
        return window < tcb.receiveWindow() ? keep(tcb)
            : Math.min(window, (long) MAX_UNSCALED << tcb.rcvWindowShift);
    }

    /** What was told and is not used yet, rounded up to what can be told: the edge never moves left. */
    long keep(final Tcb tcb) {
        final long unit = 1L << tcb.rcvWindowShift;
        return Math.min(tcb.receiveWindow() + unit - 1 & -unit, (long) MAX_UNSCALED << tcb.rcvWindowShift);
    }

    /** What would be told if nothing had been. */
    long fresh(final Tcb tcb, final long held, final int rcvMss) {
        final long room = Math.max(0, space - held);
        // No more than may be told, or nothing would ever be told where that is less than a segment.
        final int most = (int) Math.min(space, Math.max(1, told));
        final int mss = Math.min(rcvMss, most);
        if (room < space >> 4 || room < mss) {
            return 0;
        }
        // Only now: tuning may have made the space so large that what may be told is less than a sixteenth of it, and
        // since that grows with arriving data alone, a window of 0 would stay for ever.
        final long free = Math.min(room, told);
        if (tcb.rcvWindowShift > 0) {
            final long unit = 1L << tcb.rcvWindowShift;
            return (free + unit - 1) & -unit;
        }
        final long last = tcb.rcvWnd;
        if (last <= free - mss || last > free) {
            return free - free % mss;
        }
        return mss == most && free > last + (most >> 1) ? free : last;
    }

    /** The peer need not earn the window: it had it from another host. */
    void fullyOpen() {
        told = Math.max(told, space);
    }

    /** A segment of that payload came in order: one of a decent size earns two more. */
    void grow(final int segmentBytes, final int wireSegments, final int advMss) {
        if (segmentBytes >= SMALL_SEGMENT_BYTES && told < space) {
            told = Math.min(space, told + 2L * Math.max(advMss, segmentBytes) * wireSegments);
        }
    }

    /** Data came in: measures the peer's round trip without timestamps, as the time one window takes. */
    void onData(final long rcvNxt, final long rcvWnd, final long nowNs) {
        if (rttStartNs == Deadline.NONE) {
            rttStartNs = nowNs;
            rttEdge = rcvNxt + rcvWnd;
        } else if (rcvNxt >= rttEdge) {
            final long sample = nowNs - rttStartNs;
            rttNs = rttNs == 0 ? sample : Math.min(rttNs, sample);
            rttStartNs = nowNs;
            rttEdge = rcvNxt + rcvWnd;
        }
    }

    /** A round trip measured by a timestamp that came back with data. */
    void onRtt(final long sampleNs) {
        rttNs = rttNs == 0 ? sampleNs : rttNs - (rttNs >> 3) + (sampleNs >> 3);
    }

    /**
     * The application read: once a round trip, makes room for twice what it read in the last one.
     *
     * @param readOffset stream offset up to which it has read
     * @return true if the size grew
     */
    boolean onRead(final long readOffset, final int advMss, final long nowNs) {
        if (measureStartNs == 0) {
            measureStartNs = nowNs;
            measureStartOffset = readOffset;
            copiedPerRtt = space;
            return false;
        }
        if (rttNs == 0 || nowNs - measureStartNs < rttNs) {
            return false;
        }
        final long copied = readOffset - measureStartOffset;
        boolean grew = false;
        if (copied > copiedPerRtt) {
            if (tuned && space < maxSpace) {
                long wanted = 2 * copied + 16L * advMss;
                wanted += 2 * (wanted * (copied - copiedPerRtt) / copiedPerRtt);
                if (wanted > space) {
                    space = (int) Math.min(wanted, maxSpace);
                    grew = true;
                }
            }
            copiedPerRtt = copied;
        }
        measureStartNs = nowNs;
        measureStartOffset = readOffset;
        return grew;
    }

    /** The application chose the size (SO_RCVBUF): it is not tuned any more. */
    void fix(final int bytes) {
        tuned = false;
        space = bytes;
        told = Math.max(told, bytes);
    }
}
