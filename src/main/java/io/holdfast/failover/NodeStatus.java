package io.holdfast.failover;

import io.holdfast.replication.ReplicationMode;

/** What an operator wants to know of a node; a snapshot of about one moment. */
public record NodeStatus(String cluster, String node, String peerAddress, ReplicationMode mode, MembershipStatus membership,
    Protection protection) {
    /**
     * Whether a failure is survived now: on a backup, whether it could take over; on a primary, whether a backup is in sync.
     *
     * @param listening whether a server listens on this host
     * @return null if so, or what is missing, for people
     */
    public String whatIsMissing(final boolean listening) {
        final MembershipStatus m = membership;
        switch (m.role()) {
            case BACKUP:
                return !m.ready() ? "this backup has not heard from its primary for too long, and may have missed something"
                    : mode != ReplicationMode.COLD && !listening ? "no server listens on this host yet"
                    : protection.catchingUp() > 0 ? "the server here is still doing again what the primary's did for "
                        + protection.catchingUp() + " connections" : null;
            case PRIMARY:
                return m.phase() != Phase.STEADY ? "the primary is in phase " + m.phase()
                    : m.peerRole() != Role.BACKUP || m.peerEpoch() != m.epoch()
                        ? "the backup has not said yet that it is in sync"
                    : protection.catchingUp() > 0 ? "the backup's server is still doing again what the one here did for "
                        + protection.catchingUp() + " connections" : null;
            case JOINING:
                return "this host is still getting the history from its primary";
            case SOLO:
                return "there is no backup in sync" + (protection.catchingUp() > 0 ? ": one is catching up" : "");
            case FENCED:
                return "this host was the primary until another took over, and has not joined it yet";
            default:
                return "no primary has been found, and this host is not to lead alone";
        }
    }
}
