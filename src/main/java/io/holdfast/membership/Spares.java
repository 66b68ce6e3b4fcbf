package io.holdfast.membership;

/** An owner without a backup chooses who is to be it, where there are more than two hosts. */
final class Spares {
    private final Self self;
    private final Roster roster;

    Spares(final Self self, final Roster roster) {
        this.self = self;
        this.roster = roster;
    }

    /** Returns the host to name from now on; null if it stays as it is. */
    Neighbor better(final long nowNs) {
        if (!roster.isMany() || isFit(roster.partner, nowNs)) {
            return null;
        }
        Neighbor best = null;
        for (final Neighbor neighbor : roster.all) {
            if (isFit(neighbor, nowNs) && (best == null || precedes(neighbor.peer.last, best.peer.last))) {
                best = neighbor;
            }
        }
        return best;
    }

    /** It is empty, or joins this very owner, and the log could flow to it. */
    private boolean isFit(final Neighbor neighbor, final long nowNs) {
        if (!neighbor.isHeard(nowNs) || !neighbor.links.isReplicationLive(nowNs)) {
            return false;
        }
        final MembershipMessage last = neighbor.peer.last;
        return last.receiver == self.config.incarnation() && (last.role == Role.STARTING && last.epoch <= self.epoch
            || last.role == Role.JOINING && last.epoch == self.epoch && neighbor == roster.partner);
    }

    private static boolean precedes(final MembershipMessage one, final MembershipMessage other) {
        return one.hearsLan != other.hearsLan ? one.hearsLan
            : one.prefersToOwn != other.prefersToOwn ? one.prefersToOwn : one.node < other.node;
    }
}
