package io.holdfast.membership;

import static io.holdfast.membership.MembershipMessage.NO_TIME;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/** The last changes of ownership, each with its timeline. */
final class FailoverLog {
    private static final int FAILOVER_LIMIT = 16;
    private static final int STEP_LIMIT = 64;

    private final Deque<Failover> failovers = new ArrayDeque<>();
    private final Roster roster;

    FailoverLog(final Roster roster) {
        this.roster = roster;
    }

    void onRole(
        final Role from, final Role to, final long fromEpoch, final long toEpoch, final Reason reason,
        final String text, final long nowNs) {
        final boolean changed = to == Role.FENCED || to == Role.SOLO && from != Role.SOLO;
        if (changed) {
            final List<Failover.Step> steps = new ArrayList<>();
            if (roster.links.contactNs() != NO_TIME) {
                steps.add(new Failover.Step(Failover.Step.HEARD, "the peer was heard last", roster.links.contactNs()));
            }
            for (final PathMonitor path : roster.links.all) {
                if (path.cutNs != NO_TIME) {
                    steps.add(new Failover.Step("the peer's lifeline of path " + path.path + " was cut", path.cutNs));
                }
                if (!path.up && path.sinceNs != NO_TIME) {
                    steps.add(new Failover.Step("path " + path.path + " closed: " + path.loss + " " + path.lossText,
                        path.sinceNs));
                }
            }
            steps.sort(Comparator.comparingLong(Failover.Step::atNs));
            failovers.addLast(new Failover(from, to, fromEpoch, toEpoch, reason, text,
                roster.links.contactNs() == NO_TIME ? -1 : roster.links.contactNs(), nowNs, -1, 0, steps));
            if (failovers.size() > FAILOVER_LIMIT) {
                failovers.removeFirst();
            }
        }
        mark(changed ? Failover.Step.DECIDED : "", from + " to " + to + " of epoch " + toEpoch + ": " + reason.sentence(), nowNs);
    }

    /** Adds a step to the last change of ownership, if there was one. */
    void mark(final String what, final long nowNs) {
        mark("", what, nowNs);
    }

    void mark(final String key, final String what, final long nowNs) {
        final Failover last = failovers.peekLast();
        if (last != null && last.steps().size() < STEP_LIMIT) {
            last.steps().add(new Failover.Step(key, what, nowNs));
        }
    }

    /** This host, which was the backup, is ready to speak on that many connections of the peer's. Returns the whole, or null. */
    Failover serving(final int connections, final long nowNs) {
        final Failover last = failovers.pollLast();
        if (last == null) {
            return null;
        }
        final Failover serving = last.serving(connections, nowNs);
        failovers.addLast(serving);
        mark(Failover.Step.SERVING, "serving, " + connections + " connections carried on", nowNs);
        return serving.copy();
    }

    List<Failover> list() {
        final List<Failover> copy = new ArrayList<>();
        for (final Failover f : failovers) {
            copy.add(f.copy());
        }
        return List.copyOf(copy);
    }
}
