package io.holdfast.failover;

import io.holdfast.replication.ConnectionReport;
import java.util.ArrayList;
import java.util.List;

/** Sums up a {@link Protection}. */
final class ProtectionCount {
    /** Connections that are listed; all are counted. */
    private static final int LISTED = 1_000;

    private final int[] byState = new int[ConnectionProtection.State.values().length];
    private final List<ConnectionProtection> listed = new ArrayList<>();
    private String broken;
    private long behindNs = -1;

    /** It was said to be protected, or meant to be, and this host or the other knows that it would not survive. */
    void addBroken(final ConnectionReport connection, final String reason) {
        add(connection, ConnectionProtection.State.UNPROTECTED, reason);
        if (broken == null && connection.id() != 0) {
            broken = "a connection would not survive: " + connection.ends() + ": " + reason;
        }
    }

    /** The same of no connection. */
    void broken(final String reason) {
        if (broken == null) {
            broken = reason;
        }
    }

    /** How far the servers of this host, a backup, are behind. */
    void behindNs(final long value) {
        behindNs = value;
    }

    void add(final ConnectionReport connection, final ConnectionProtection.State state, final String reason) {
        byState[state.ordinal()]++;
        if (listed.size() < LISTED) {
            listed.add(new ConnectionProtection(connection.id(), connection.ends(), state, reason));
        }
    }

    Protection conclude(final long lagBytes, final long lagRecords, final long roundTripNs, final long historyBytes) {
        return new Protection(lagBytes, lagRecords, roundTripNs, byState[ConnectionProtection.State.PROTECTED.ordinal()],
            byState[ConnectionProtection.State.CATCHING_UP.ordinal()],
            byState[ConnectionProtection.State.UNPROTECTED.ordinal()], historyBytes, behindNs, broken, List.copyOf(listed));
    }
}
