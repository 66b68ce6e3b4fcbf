package io.holdfast.membership;

import static io.holdfast.membership.MembershipMessage.NO_TIME;

import java.util.ArrayList;
import java.util.List;

/**
 * The other hosts, and which of them is the partner: the one that this host is a pair with, or may become one. All that decides
 * between two hosts is between this one and its partner; it changes only while this host owns alone, or holds nothing. The
 * others say who they hear, no more.
 */
final class Roster {
    final List<Neighbor> all = new ArrayList<>();
    /** The partner; {@link #peer} and {@link #links} are its. */
    Neighbor partner;
    Peer peer;
    Links links;

    Roster(final MembershipConfig config, final Detection detection, final long nowNs) {
        for (final String name : config.others()) {
            all.add(new Neighbor(all.size(), name, new Links(config, detection, nowNs)));
        }
        face(all.get(0));
    }

    void face(final Neighbor neighbor) {
        partner = neighbor;
        peer = neighbor.peer;
        links = neighbor.links;
    }

    /** More than two hosts. */
    boolean isMany() {
        return all.size() > 1;
    }

    boolean isAnybodyLive(final long nowNs) {
        for (final Neighbor neighbor : all) {
            if (neighbor.links.isAnyLive(nowNs)) {
                return true;
            }
        }
        return false;
    }

    /** The owner of the highest epoch that is heard; null if none is. */
    Neighbor leader(final long nowNs) {
        Neighbor best = null;
        for (final Neighbor neighbor : all) {
            if (neighbor.isOwner(nowNs) && (best == null || neighbor.peer.last.epoch > best.peer.last.epoch)) {
                best = neighbor;
            }
        }
        return best;
    }

    /** The epoch of {@link #leader}, 0 if there is none: not what others say, or a word would outlive its source. */
    long leaderEpoch(final long nowNs) {
        final Neighbor leader = leader(nowNs);
        return leader == null ? 0 : leader.peer.last.epoch;
    }

    /** The highest epoch whose owner anybody else hears, or is, who is heard here. */
    long rumoredEpoch(final long nowNs) {
        long epoch = 0;
        for (final Neighbor neighbor : all) {
            if (neighbor.isHeard(nowNs)) {
                epoch = Math.max(epoch, neighbor.peer.last.leader);
            }
        }
        return epoch;
    }

    /** The highest epoch that anybody who is heard knows of. */
    long heardEpoch(final long nowNs) {
        long epoch = 0;
        for (final Neighbor neighbor : all) {
            if (neighbor.isHeard(nowNs)) {
                epoch = Math.max(epoch, neighbor.peer.last.epoch);
            }
        }
        return epoch;
    }

    /** The highest epoch that anybody ever spoke of. */
    long knownEpoch() {
        long epoch = 0;
        for (final Neighbor neighbor : all) {
            if (neighbor.peer.isKnown()) {
                epoch = Math.max(epoch, Math.max(neighbor.peer.last.epoch, neighbor.peer.last.leader));
            }
        }
        return epoch;
    }

    /** For operators. */
    List<MembershipStatus.HostStatus> status(final long nowNs) {
        final List<MembershipStatus.HostStatus> hosts = new ArrayList<>();
        for (final Neighbor neighbor : all) {
            final MembershipMessage last = neighbor.peer.last;
            final long contactNs = neighbor.links.contactNs();
            hosts.add(new MembershipStatus.HostStatus(neighbor.name, neighbor == partner, last.role, last.epoch, last.hearsLan,
                neighbor.isHeard(nowNs), contactNs == NO_TIME ? -1 : nowNs - contactNs, neighbor.links.status(nowNs)));
        }
        return List.copyOf(hosts);
    }

    /**
     * Whether all others but the partner have been heard since then, or have been silent for so long that there is none. What
     * they said of an owner is another question: {@link #rumoredEpoch}.
     */
    boolean hasWordOfOthers(final long sinceNs, final long aloneNs, final long nowNs) {
        for (final Neighbor neighbor : all) {
            final boolean heard = neighbor.links.contactNs() > sinceNs && neighbor.isHeard(nowNs);
            if (neighbor != partner && !heard && nowNs - neighbor.links.silentFromNs() < aloneNs) {
                return false;
            }
        }
        return true;
    }
}
