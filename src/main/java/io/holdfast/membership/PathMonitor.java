package io.holdfast.membership;

import static io.holdfast.membership.MembershipMessage.NO_TIME;

import io.holdfast.replication.channel.Path;
import io.holdfast.replication.channel.PathLoss;
import io.holdfast.util.Deadline;

/** What is known of one path. */
final class PathMonitor {
    final Path path;
    boolean up;
    /** Whether the peer's present process has been heard on this connection. */
    boolean known;
    /** Last sign of life on this connection; its opening is one. */
    long heardNs = NO_TIME;
    /** Since when the path is up or down. */
    long sinceNs = NO_TIME;
    /** When it was last said to be down. */
    long lossNs = NO_TIME;
    /** Why it is down; null if it is up, or never was. */
    PathLoss loss;
    String lossText = "";
    /** Send time of the last message that came on this connection. */
    long echoNs = NO_TIME;
    /** Number of the join that was last announced on this connection; 0 for none. */
    int joinHeard;
    /** The peer's process holds a lifeline for this connection. */
    boolean lifeline;
    /** When the peer's kernel cut it; {@link MembershipMessage#NO_TIME} if it did not. */
    long cutNs = NO_TIME;
    private boolean stallReported;

    PathMonitor(final Path path) {
        this.path = path;
    }

    void onUp(final long nowNs) {
        up = true;
        heardNs = nowNs;
        sinceNs = nowNs;
        loss = null;
        lossText = "";
        lifeline = false;
        cutNs = NO_TIME;
        onNewProcess();
        stallReported = false;
    }

    void onLifeline(final boolean held, final long nowNs) {
        lifeline = held;
        cutNs = held ? NO_TIME : nowNs;
    }

    void onNewProcess() {
        known = false;
        echoNs = NO_TIME;
        joinHeard = 0;
    }

    void onDown(final PathLoss reason, final String text, final long nowNs) {
        // What is dialled in vain again and again has been down since the first time.
        if (up || sinceNs == NO_TIME) {
            sinceNs = nowNs;
        }
        up = false;
        loss = reason;
        lossNs = nowNs;
        lossText = text;
        lifeline = false;
        onNewProcess();
    }

    void onHeard(final long nowNs) {
        heardNs = nowNs;
        stallReported = false;
    }

    /**
     * When the path was or will be lost: when it closed, or when it will have been silent for too long.
     *
     * @param floorNs silence is not counted from before this time: this process slept
     */
    long lostNs(final long detectNs, final long floorNs) {
        if (!up) {
            return sinceNs == NO_TIME ? floorNs : sinceNs;
        }
        return Math.max(heardNs, floorNs) + detectNs;
    }

    boolean isLive(final long detectNs, final long floorNs, final long nowNs) {
        return up && !Deadline.expired(lostNs(detectNs, floorNs), nowNs);
    }

    /** True once an episode. */
    boolean reportStall() {
        final boolean first = up && !stallReported;
        stallReported = true;
        return first;
    }
}
