package io.holdfast.tcp;

/**
 * Output commit, C1 to C4 of the replication contract: how far a connection's output may go before the backup has stored
 * what it gives away. {@link Output} asks here, and nowhere else, before anything leaves.
 *
 * <p>The log is one sequence for all connections of the shard. After each batch the recorder <i>marks</i>: "everything up to
 * here depends on the log up to this sequence". When the backup has stored that much, the mark becomes the limit. A
 * connection that is not protected is <i>open</i>: it has no limits.
 *
 * <p>What holds: an offset is never above the limit of a mark whose sequence the backup has not acknowledged; limits never go
 * back. A full queue of marks merges the newest two, which holds bytes longer, never shorter. Shard's thread only.
 */
public final class OutputCommit {
    /** {@link #mark}: the peer may get our SYN-ACK. */
    public static final int OPENED = 1;
    /** {@link #mark}: the backup knows where we closed. */
    public static final int CLOSED = 1 << 1;
    /** {@link #mark}: the backup knows that we abort. */
    public static final int ABORTED = 1 << 2;

    /** Batches of log that may be under way before marks are merged. */
    private static final int MARKS = 16;
    private static final int FIELDS = 5;
    private static final long UNLIMITED = Long.MAX_VALUE;
    private static final int ALL = OPENED | CLOSED | ABORTED;

    private boolean gated;
    private long ackLimit = UNLIMITED;
    private long sendLimit = UNLIMITED;
    private long edgeLimit = UNLIMITED;
    private int allowed = ALL;
    private long[] marks;
    private int first;
    private int count;

    /** False if nothing is held back, ever. */
    public boolean gated() {
        return gated;
    }

    /** From now on output waits for the backup. What is given here has been stored, or said already. */
    public void gate(final long acknowledged, final long sent, final long edge, final int flags) {
        gated = true;
        ackLimit = acknowledged;
        sendLimit = sent;
        edgeLimit = edge;
        allowed = flags;
        count = 0;
        if (marks == null) {
            marks = new long[MARKS * FIELDS];
        }
    }

    /**
     * Output up to these offsets depends on the log up to {@code sequence}.
     *
     * @param committed sequence up to which the backup has stored the log
     * @param rcvNxt    peer's stream: what may be acknowledged then, a FIN included
     * @param tail      own stream: what may be sent then
     * @param edge      right edge of the window that may be told then, in the peer's stream
     */
    public void mark(final long sequence, final long committed, final long rcvNxt, final long tail, final long edge,
        final int flags) {
        if (!gated) {
            return;
        }
        if (sequence <= committed) {
            count = 0;
            take(rcvNxt, tail, edge, flags);
            return;
        }
        if (count > 0 && rcvNxt <= at(count - 1, 1) && tail <= at(count - 1, 2) && edge <= at(count - 1, 3)
            && flags == at(count - 1, 4)) {
            // Says nothing that the mark before it does not say.
            return;
        }
        if (count < MARKS) {
            count++;
        }
        final int base = base(count - 1);
        marks[base] = sequence;
        marks[base + 1] = rcvNxt;
        marks[base + 2] = tail;
        marks[base + 3] = edge;
        marks[base + 4] = flags;
    }

    /** The backup has stored the log up to there. Returns true if limits moved. */
    public boolean onCommitted(final long committed) {
        boolean moved = false;
        while (count > 0 && at(0, 0) <= committed) {
            take(at(0, 1), at(0, 2), at(0, 3), (int) at(0, 4));
            first = (first + 1) % MARKS;
            count--;
            moved = true;
        }
        return moved;
    }

    /** Something waits for the backup. */
    public boolean waits() {
        return count > 0;
    }

    private void take(final long rcvNxt, final long tail, final long edge, final int flags) {
        ackLimit = Math.max(ackLimit, rcvNxt);
        sendLimit = Math.max(sendLimit, tail);
        edgeLimit = Math.max(edgeLimit, edge);
        allowed |= flags;
    }

    private int base(final int index) {
        return (first + index) % MARKS * FIELDS;
    }

    private long at(final int index, final int field) {
        return marks[base(index) + field];
    }

    // --- what Output asks ---

    /** C1: what may be acknowledged of what was received. */
    long acknowledged(final long rcvNxt) {
        return Math.min(rcvNxt, ackLimit);
    }

    /** C2: the end of what may be sent of what was written. */
    long sendable(final long tail) {
        return Math.min(tail, sendLimit);
    }

    /** C3: where the stream ends, as far as that may be told. */
    long fin(final long sndFin) {
        return (allowed & CLOSED) != 0 ? sndFin : Tcb.NO_OFFSET;
    }

    /** C3. */
    boolean mayReset() {
        return (allowed & ABORTED) != 0;
    }

    /** H1: the peer may believe in this connection. */
    boolean mayAnswerSyn() {
        return (allowed & OPENED) != 0;
    }

    /** C4: that edge, which was rounded up to a unit of the window's scale? The backup counts on no more. */
    boolean mayTell(final long edge, final long unit) {
        return edge - unit < edgeLimit;
    }

    /** C4. */
    long edge(final long wanted) {
        return Math.min(wanted, edgeLimit);
    }
}
