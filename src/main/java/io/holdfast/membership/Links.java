package io.holdfast.membership;

import static io.holdfast.membership.MembershipMessage.NO_TIME;

import io.holdfast.replication.channel.Path;
import io.holdfast.replication.channel.PathLoss;
import io.holdfast.util.Deadline;
import java.util.ArrayList;
import java.util.List;

/** The paths to one other host together: what they say of the peer's life. */
final class Links {
    private final PathMonitor[] byOrdinal = new PathMonitor[Path.values().length];
    final List<PathMonitor> all = new ArrayList<>();
    private final Detection detection;
    /** When the peer was heard last, on any path. */
    private long contactNs = NO_TIME;
    /** When this process last awoke from a pause: silence is not counted from before. */
    private long floorNs;

    Links(final MembershipConfig config, final Detection detection, final long nowNs) {
        this.detection = detection;
        floorNs = nowNs;
        for (final Path path : Path.values()) {
            byOrdinal[path.ordinal()] = new PathMonitor(path);
            if (config.paths().contains(path)) {
                all.add(byOrdinal[path.ordinal()]);
            }
        }
    }

    PathMonitor at(final Path path) {
        return byOrdinal[path.ordinal()];
    }

    PathMonitor replication() {
        return byOrdinal[Path.REPLICATION.ordinal()];
    }

    void onAwake(final long nowNs) {
        floorNs = nowNs;
    }

    void onHeard(final PathMonitor path, final long nowNs) {
        path.onHeard(nowNs);
        contactNs = nowNs;
    }

    /** The peer is another process than before: nothing that was heard on a connection so far was from it. */
    void onNewProcess() {
        all.forEach(PathMonitor::onNewProcess);
    }

    /** Last sign of life, {@link MembershipMessage#NO_TIME} if there never was one. */
    long contactNs() {
        return contactNs;
    }

    /** From when on silence is counted. */
    long silentFromNs() {
        return Math.max(contactNs, floorNs);
    }

    /** When the peer is, or will be, silent for too long. */
    long silentNs() {
        return Math.max(silentFromNs() + detection.detectNs(), detection.promisedNs());
    }

    boolean isSilent(final long nowNs) {
        return Deadline.expired(silentNs(), nowNs);
    }

    /** For operators. */
    List<MembershipStatus.PathStatus> status(final long nowNs) {
        final List<MembershipStatus.PathStatus> paths = new ArrayList<>();
        for (final PathMonitor path : all) {
            paths.add(new MembershipStatus.PathStatus(path.path, path.up, isLive(path, nowNs),
                path.heardNs == NO_TIME ? -1 : nowNs - path.heardNs, path.loss, path.lossText, path.lifeline));
        }
        return List.copyOf(paths);
    }

    /** When the replication path was or will be lost. */
    long replicationLostNs() {
        return replication().lostNs(detection.detectNs(), floorNs);
    }

    boolean isLive(final PathMonitor path, final long nowNs) {
        return path.isLive(detection.detectNs(), floorNs, nowNs);
    }

    /** Whether this very connection has been silent for so long; a new one has just been heard. */
    boolean isQuiet(final PathMonitor path, final long forNs, final long nowNs) {
        return path.up && Deadline.expired(path.lostNs(forNs, floorNs), nowNs);
    }

    boolean isAnyLive(final long nowNs) {
        for (final PathMonitor path : all) {
            if (isLive(path, nowNs)) {
                return true;
            }
        }
        return false;
    }

    /** The same, and the peer's present process is who was heard. */
    boolean isAnyHeard(final long nowNs) {
        for (final PathMonitor path : all) {
            if (path.known && isLive(path, nowNs)) {
                return true;
            }
        }
        return false;
    }

    boolean isReplicationLive(final long nowNs) {
        return isLive(replication(), nowNs);
    }

    /**
     * Since when the peer's kernel says that its process is dead, {@link Deadline#NONE} if it does not: it closed every
     * path, or the lifeline of it, while the peer heard us, or a port has refused since it was heard last, and nothing else
     * lives. A peer that did not hear us, and closes what has stalled, is alive; so is one that is heard for long after
     * its lifeline was cut.
     *
     * @param heardByPeerNs send time of the last message of ours that is known to have been heard
     */
    long deadSinceNs(final long heardByPeerNs, final long nowNs) {
        boolean refused = false;
        boolean everyPath = true;
        long sinceNs = NO_TIME;
        for (final PathMonitor path : all) {
            final boolean cut = path.cutNs != NO_TIME && isEnd(path.cutNs, heardByPeerNs);
            if (!cut && isLive(path, nowNs)) {
                return Deadline.NONE;
            }
            refused |= path.loss == PathLoss.REFUSED && path.lossNs >= contactNs;
            everyPath &= cut || path.loss != null && path.loss.isFromPeer() && isEnd(path.lossNs, heardByPeerNs);
            sinceNs = Math.max(sinceNs, cut ? path.cutNs : path.lostNs(detection.detectNs(), floorNs));
        }
        return everyPath || refused ? sinceNs : Deadline.NONE;
    }

    /** Whether what closed then was closed on a peer that heard us, and that has not been heard for long since. */
    private boolean isEnd(final long closedNs, final long heardByPeerNs) {
        return closedNs + detection.detectNs() >= contactNs && closedNs < heardByPeerNs + detection.probeNs();
    }

    boolean isDead(final long heardByPeerNs, final long nowNs) {
        return deadSinceNs(heardByPeerNs, nowNs) != Deadline.NONE;
    }
}
