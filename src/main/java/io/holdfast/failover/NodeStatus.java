package io.holdfast.failover;

import io.holdfast.membership.MembershipStatus;
import io.holdfast.membership.Phase;
import io.holdfast.membership.Reason;
import io.holdfast.membership.Role;
import io.holdfast.replication.ReplicationMode;

/** What an operator wants to know of a node; a snapshot of about one moment. */
public record NodeStatus(String cluster, String node, String peerAddress, ReplicationMode mode, MembershipStatus membership,
    Protection protection) {
    /**
     * Whether a failure is survived now: on a backup, whether it could take over; on a primary, whether a backup is in sync; and
     * whether everything survives that was to.
     *
     * @param listening whether a server listens on this host
     * @return null if so, or what is missing, for people
     */
    public String whatIsMissing(final boolean listening) {
        final String role = roleIsMissing();
        return role != null ? role
            : membership.witness() != null && !membership.witness().reached() ? "the third party does not answer: neither host could go on alone"
            : !listening && (membership.role() == Role.PRIMARY || mode != ReplicationMode.COLD)
                ? "no server listens on this host's stack yet: it has not started, or its sockets are not Holdfast's"
            : catchingUp() > 0 ? "the " + (membership.role() == Role.PRIMARY ? "backup's server" : "server here")
                + " is still doing again what the " + (membership.role() == Role.PRIMARY ? "one here" : "primary's") + " did for "
                + catchingUp() + " connections"
            : protection.broken();
    }

    /** What the primary does not know of each connection, its backup has told as a number. */
    private int catchingUp() {
        return membership.role() == Role.PRIMARY ? Math.max(protection.catchingUp(), membership.peerCatchingUp())
            : protection.catchingUp();
    }

    private String roleIsMissing() {
        final MembershipStatus m = membership;
        return switch (m.role()) {
            case BACKUP -> m.lan().lost() ? "this backup does not hear the clients' LAN"
                : m.ready() ? null : "this backup has not heard from its primary for too long, and may have missed something";
            case PRIMARY -> m.phase() != Phase.STEADY ? "the primary is in phase " + m.phase()
                : m.peerRole() != Role.BACKUP || m.peerEpoch() != m.epoch() ? "the backup has not said yet that it is in sync"
                : m.lan().heard() && !m.peerHearsLan() ? "the backup does not hear the clients' LAN" : null;
            case JOINING -> "this host is still getting the history from its primary";
            case SOLO -> "there is no backup in sync" + (protection.catchingUp() > 0 ? ": one is catching up" : "");
            case FENCED -> "this host was the primary until another took over, and has not joined it yet";
            default -> m.reason() == Reason.SPARE || m.hosts().size() > 1 && m.peerRole() != null && m.peerRole().isOwner()
                ? "this host is a spare: it waits, with nothing, until it is named as the backup"
                : "no primary has been found, and this host is not to lead alone";
        };
    }
}
