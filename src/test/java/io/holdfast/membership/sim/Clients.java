package io.holdfast.membership.sim;

import io.holdfast.membership.Reason;
import io.holdfast.membership.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The oracle: what clients were sent. Knows nothing of epochs' rules but that they name one owner and grow.
 *
 * <p>At each position of the log clients are told one thing, by whomever, for ever (O2); who takes over holds all that
 * they were told; no two hosts that clients can hear speak for themselves at once. With a third party no epoch is ever used
 * twice, not even after a start from nothing, and there is no hole.
 */
final class Clients {
    private static final int HISTORY = Integer.getInteger("holdfast.membership.history", 40);

    private final Cluster cluster;
    private final List<Long> told = new ArrayList<>();
    private final Map<Long, Integer> owners = new HashMap<>();
    private final long[] epochs;
    long lastToldNs;
    int startsFromNothing;
    int takeovers;
    /** A documented hole was fallen into: what clients are told is not judged any more. */
    String hole;
    final List<String> history = new ArrayList<>();

    Clients(final Cluster cluster) {
        this.cluster = cluster;
        epochs = new long[cluster.hosts.length];
    }

    int toldCount() {
        return told.size();
    }

    void onTold(final Host host, final int position, final long id) {
        lastToldNs = cluster.events.nowNs();
        if (hole != null) {
            return;
        }
        if (position < told.size()) {
            require(told.get(position) == id, host + " tells clients something else at " + position);
        } else {
            require(position == told.size(), host + " leaves out what clients were not told before " + position);
            told.add(id);
        }
    }

    void onRole(final Host host, final Role from, final Role to, final long epoch, final Reason reason) {
        history.add(cluster.events.nowNs() / 1000 + " us " + host + " " + from + "->" + to + " e" + epoch + " "
            + reason);
        if (to == Role.SOLO && from == Role.STARTING) {
            onStart(host);
        }
        // A new process knows no epoch, and follows an owner that has yet to learn that it is none.
        final boolean follows = cluster.thirdParty != null && !to.isOwner();
        require(hole != null || follows || epoch >= epochs[host.index], host + " goes back to epoch " + epoch);
        epochs[host.index] = Math.max(epoch, follows ? epochs[host.index] : 0);
        if (to.isOwner()) {
            final Integer owner = owners.putIfAbsent(epoch, host.index);
            require(owner == null || owner == host.index || hole != null,
                "epoch " + epoch + " has a second owner, " + host);
        }
        if (to == Role.SOLO && from == Role.BACKUP) {
            takeovers++;
            if (hole == null) {
                require(host.service.holds(told), host + " takes over without what clients were told");
                final Host other = host.partner();
                if (reason == Reason.HANDOVER && other.isRunning() && other.role() == Role.PRIMARY) {
                    require(host.service.holdsAllOf(other.service), host + " was handed over to before it held all");
                    require(!other.isSpeaking(), other + " speaks after it has handed over");
                }
                // A third party may answer when the peer speaks again; output commit makes that harmless.
                for (final Host any : cluster.hosts) {
                    require(reason != Reason.PEER_SILENT || cluster.thirdParty != null || any == host || !any.isSpeaking(),
                        host + " takes over from a silent peer, and " + any + " may still speak");
                }
            }
        }
    }

    private void onStart(final Host host) {
        startsFromNothing++;
        for (final Host other : cluster.hosts) {
            if (other != host) {
                judgeStart(host, other);
            }
        }
        told.clear();
        if (cluster.thirdParty == null) {
            owners.clear();
            Arrays.fill(epochs, 0);
        }
    }

    private void judgeStart(final Host host, final Host other) {
        // An owner that clients do not hear, and that is outranked, has to know before it speaks again.
        final boolean outranked = cluster.aloneMs > 0 && other.isRunning() && (other.isFrozen() || other.lanCut)
            && host.membership.epoch() > other.membership.epoch();
        if (cluster.thirdParty != null) {
            require(!other.isSpeaking(), host + " starts from nothing while " + other + " speaks");
        } else if (other.isRunning() && !outranked && (other.role().isOwner() || other.role() == Role.BACKUP)) {
            hole = host + " started alone while cut off from " + other;
        }
    }

    void note(final String what) {
        history.add(cluster.events.nowNs() / 1000 + " us       " + what);
    }

    /** A host is about to die. */
    void onDeath(final Host host) {
        if (cluster.thirdParty != null || !host.isRunning() || !host.role().isOwner() || hole != null) {
            return;
        }
        for (final Host other : cluster.hosts) {
            final boolean behind = other != host && other.isRunning() && other.role().isOwner()
                && host.membership.epoch() > other.membership.epoch();
            if (behind && !hasHeir(host)) {
                hole = host + " took over and died before " + other + " could hear of it";
            }
        }
    }

    /** Somebody else holds what it told. */
    private boolean hasHeir(final Host owner) {
        return Arrays.stream(cluster.hosts).anyMatch(other -> other != owner && other.isRunning() && !other.isFrozen()
            && other.membership.isReady(other.nowNs()) && other.membership.epoch() == owner.membership.epoch());
    }

    /** After every event. */
    void check() {
        if (hole != null) {
            return;
        }
        for (int i = 0; i < cluster.hosts.length; i++) {
            for (int j = i + 1; j < cluster.hosts.length; j++) {
                check(cluster.hosts[i], cluster.hosts[j]);
            }
        }
    }

    private void check(final Host a, final Host b) {
        // Somebody who is arbitrated leads alone or not at all, whether clients hear it or not.
        if (a.isSpeaking() && b.isSpeaking() && (cluster.thirdParty != null || !a.lanCut && !b.lanCut)) {
            require(a.role() != Role.SOLO || b.role() != Role.SOLO, a + " and " + b + " both speak for themselves");
        }
    }

    void require(final boolean holds, final String message) {
        if (!holds) {
            final int from = Math.max(0, history.size() - HISTORY);
            throw new AssertionError("at " + cluster.events.nowNs() / 1_000 + " us: " + message + "\n  "
                + String.join("\n  ", history.subList(from, history.size())));
        }
    }
}
