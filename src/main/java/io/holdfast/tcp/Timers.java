package io.holdfast.tcp;

import io.holdfast.util.Deadline;
import java.util.Arrays;

/** The deadlines of one connection, but for loss recovery's and delayed ACK's, which those keep. Timers are data. */
final class Timers {
    enum Kind {
        /** SYN or SYN-ACK again (RFC 6298 5). */
        HANDSHAKE,
        /** Zero-window probe, or what silly-window avoidance held back (RFC 9293 3.8.6.1). */
        PERSIST,
        /** Keepalive (RFC 9293 3.8.4). */
        KEEPALIVE,
        /** An orphan in FIN-WAIT-2 is given up. */
        FIN_WAIT_2,
        /** 2 MSL are over. */
        TIME_WAIT,
        /** The next paced departure. */
        PACE
    }

    private static final Kind[] KINDS = Kind.values();
    private final long[] deadlineNs = new long[KINDS.length];

    Timers() {
        cancelAll();
    }

    void arm(final Kind kind, final long atNs) {
        deadlineNs[kind.ordinal()] = atNs;
    }

    void cancel(final Kind kind) {
        deadlineNs[kind.ordinal()] = Deadline.NONE;
    }

    void cancelAll() {
        Arrays.fill(deadlineNs, Deadline.NONE);
    }

    boolean armed(final Kind kind) {
        return deadlineNs[kind.ordinal()] != Deadline.NONE;
    }

    long at(final Kind kind) {
        return deadlineNs[kind.ordinal()];
    }

    /** Takes the timer if its time has come. */
    boolean expired(final Kind kind, final long nowNs) {
        if (!Deadline.expired(deadlineNs[kind.ordinal()], nowNs)) {
            return false;
        }
        cancel(kind);
        return true;
    }

    long earliestNs() {
        long earliest = Deadline.NONE;
        for (final long deadline : deadlineNs) {
            earliest = Math.min(earliest, deadline);
        }
        return earliest;
    }
}
