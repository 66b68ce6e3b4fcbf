package io.holdfast.membership;

import io.holdfast.util.Deadline;

/** More than two hosts: whether an owner was taken over from, as far as the others know (decision 5, S3 and S4). */
final class Rivals {
    private final Self self;
    private final Roster roster;

    Rivals(final Self self, final Roster roster) {
        this.self = self;
        this.roster = roster;
    }

    /** The epoch that outranks this owner's, 0 if there is none: its owner is heard by another host. */
    long outranking(final long nowNs) {
        final long rumored = roster.isMany() ? roster.rumoredEpoch(nowNs) : 0;
        return rumored > self.epoch ? rumored : 0;
    }

    /**
     * For a primary that has not gone on alone: with its lease over, it was taken over from if anybody knows a higher epoch, even
     * if nobody is left who owns it. Clients may have been told more than is known here. Returns that epoch, or 0.
     */
    long superseding(final long nowNs) {
        final boolean possible = roster.isMany() && Deadline.expired(self.leaseNs(), nowNs);
        return possible && roster.heardEpoch(nowNs) > self.epoch ? roster.heardEpoch(nowNs) : 0;
    }

    /**
     * Whoever took over may have a backup already, and be dead. So once the lease is over, the other hosts have to be heard, who
     * would know. Those that are dead as well are waited for as long as anybody who starts from nothing waits.
     *
     * @param lostNs when the backup was lost
     */
    boolean areExcluded(final long lostNs, final long nowNs) {
        return !roster.isMany() || lostNs < self.leaseNs()
            || roster.hasWordOfOthers(Math.max(self.leaseNs(), self.awakeNs), self.config.aloneNs(), nowNs);
    }

    /** An epoch above ours that a host which holds nothing knows of, and whose owner nobody hears; 0 if there is none. */
    long orphaned(final long nowNs) {
        long highest = 0;
        for (final Neighbor neighbor : roster.all) {
            if (neighbor.isIdle(nowNs)) {
                highest = Math.max(highest, neighbor.peer.last.epoch);
            }
        }
        final boolean known = highest > self.epoch
            && roster.hasWordOfOthers(nowNs - self.config.detectNs(), self.config.aloneNs(), nowNs);
        return known ? highest : 0;
    }
}
