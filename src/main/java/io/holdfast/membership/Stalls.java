package io.holdfast.membership;

import io.holdfast.counters.MembershipCounter;
import io.holdfast.replication.channel.Path;

/**
 * Has paths connected anew that are open and silent: a claim, or a rejoin, must not wait for TCP's backed-off retransmission on a
 * path that was cut.
 */
final class Stalls {
    /** So much longer than a peer may the path be silent that brings a joiner the history: a new one begins at the beginning. */
    private static final int JOINING_PATIENCE = 5;

    private final Self self;
    private final Roster roster;
    private final Detection detection;
    private final OwnerDuty owner;
    private final BackupDuty backup;

    Stalls(final Self self, final Roster roster, final Detection detection, final OwnerDuty owner, final BackupDuty backup) {
        this.self = self;
        this.roster = roster;
        this.detection = detection;
        this.owner = owner;
        this.backup = backup;
    }

    void report(final long nowNs) {
        for (final Neighbor neighbor : roster.all) {
            for (final PathMonitor path : neighbor.links.all) {
                if (path.up && !isSpared(neighbor, path, nowNs) && isStalled(neighbor, path, nowNs) && path.reportStall()) {
                    self.counters.increment(MembershipCounter.PATH_STALLS);
                    self.listener.onStalled(neighbor.index, path.path, nowNs);
                }
            }
        }
    }

    private boolean isSpared(final Neighbor neighbor, final PathMonitor path, final long nowNs) {
        return neighbor == roster.partner && path.path == Path.REPLICATION
            && (owner.sparesStalledPath(nowNs) || self.role == Role.BACKUP && !neighbor.links.isSilent(nowNs));
    }

    private boolean isStalled(final Neighbor neighbor, final PathMonitor path, final long nowNs) {
        final Links links = neighbor.links;
        if (neighbor == roster.partner && path.path == Path.REPLICATION && (owner.isFeeding() || self.role == Role.JOINING)) {
            return links.isQuiet(path, JOINING_PATIENCE * detection.detectNs(), nowNs);
        }
        return !links.isLive(path, nowNs) || neighbor == roster.partner && path.path == Path.SERVICE && backup.isProbing(nowNs)
            && links.isQuiet(path, detection.probeNs(), nowNs);
    }
}
