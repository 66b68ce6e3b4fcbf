package io.holdfast.membership;

import io.holdfast.replication.channel.Path;

/** One other host: what it said of itself, and the paths to it. */
final class Neighbor {
    /** Its place in {@link MembershipConfig#others}. */
    final int index;
    final String name;
    final Peer peer = new Peer();
    final Links links;
    /** It said something on that path that has to be answered at once. */
    final boolean[] answer = new boolean[Path.values().length];
    /** Joins of that process of its, up to this number, are over. */
    private int over;
    private long overOf;

    Neighbor(final int index, final String name, final Links links) {
        this.index = index;
        this.name = name;
        this.links = links;
    }

    /** Whether its present process is there, as far as is known. */
    boolean isHeard(final long nowNs) {
        return peer.isKnown() && links.isAnyHeard(nowNs);
    }

    boolean isOwner(final long nowNs) {
        return peer.isOwner() && isHeard(nowNs);
    }

    /** It holds nothing, and hears nobody who leads. */
    boolean isIdle(final long nowNs) {
        return isHeard(nowNs) && peer.last.role == Role.STARTING && peer.last.leader == 0;
    }

    void endJoin(final long incarnation, final int join) {
        over = join;
        overOf = incarnation;
    }

    boolean isOver(final long incarnation, final int join) {
        return incarnation == overOf && join <= over;
    }
}
