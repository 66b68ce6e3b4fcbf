package io.holdfast.membership;

import io.holdfast.util.Deadline;

/**
 * What a host that holds nothing has to do where there are more than two: wait until an owner names it, or agree with the others
 * that there is none (decision 5, S1 to S5).
 */
final class SpareDuty {
    private final Self self;
    private final Roster roster;
    private final LanMonitor lan;
    private final BackupDuty backup;

    SpareDuty(final Self self, final Roster roster, final LanMonitor lan, final BackupDuty backup) {
        this.self = self;
        this.roster = roster;
        this.lan = lan;
        this.backup = backup;
    }

    /** Follows an owner, or drops what is left of having been one. True if something changed. */
    boolean decide(final long nowNs) {
        final Neighbor leader = roster.leader(nowNs);
        if (leader != null && leader != roster.partner) {
            self.forgetEchoes();
            roster.face(leader);
            return true;
        }
        if (self.role == Role.FENCED) {
            backup.reset(leader == null ? Reason.NOBODY_OWNS : Reason.SPARE, nowNs);
            return true;
        }
        if (leader == null) {
            return false;
        }
        final MembershipMessage last = leader.peer.last;
        self.learnEpoch(last.epoch);
        if (last.epoch >= self.epoch && last.named == self.config.incarnation() && last.receiver == self.config.incarnation()) {
            backup.follow(Reason.NAMED, "", nowNs);
            return true;
        }
        return false;
    }

    /** Everybody is here, and nobody holds anything, or hears who does: the first in order begins. */
    boolean isAgreed(final long nowNs) {
        for (final Neighbor neighbor : roster.all) {
            final MembershipMessage last = neighbor.peer.last;
            if (!neighbor.isIdle(nowNs) || last.receiver != self.config.incarnation() || precedes(last)) {
                return false;
            }
        }
        return true;
    }

    private boolean precedes(final MembershipMessage other) {
        return other.prefersToOwn != self.config.preferPrimary() ? other.prefersToOwn : other.node < self.config.nodeId();
    }

    /** When this host may begin without some of the others. */
    long aloneNs(final long nowNs) {
        long quietNs = self.roleSinceNs;
        boolean first = true;
        for (final Neighbor neighbor : roster.all) {
            if (!neighbor.isIdle(nowNs)) {
                // Who leads, follows or hears a leader speaks all the time.
                quietNs = Math.max(quietNs, neighbor.links.silentFromNs());
            } else if (neighbor.peer.last.hearsLan != lan.isConnected()) {
                first &= lan.isConnected();
            } else {
                first &= !precedes(neighbor.peer.last);
            }
        }
        // Who knows of an epoch has heard that there was an owner, who may only be cut off.
        final boolean anew = self.epoch == 0 && roster.knownEpoch() == 0;
        final long preferredNs = anew && first && self.config.preferPrimary() && !lan.isLost() ? quietNs + self.config.startNs()
            : Deadline.NONE;
        final long heardNs = lan.isUsed() ? lan.heardFromNs(nowNs) : self.roleSinceNs;
        return !first || self.config.aloneNs() == Deadline.NONE || heardNs == Long.MAX_VALUE ? preferredNs
            : Math.min(preferredNs, Math.max(quietNs, heardNs) + self.config.aloneNs());
    }

    /** Each host takes epochs of its own from nothing, so that two that are cut off from each other do not share one. */
    long epochFromNothing(final long known) {
        final int hosts = roster.all.size() + 1;
        long wanted = known + 1;
        while (wanted % hosts != self.config.rank()) {
            wanted++;
        }
        return wanted;
    }
}
