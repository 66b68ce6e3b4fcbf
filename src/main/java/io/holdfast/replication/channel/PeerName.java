package io.holdfast.replication.channel;

/** What is known of one other host's name, and what follows: the node with the smaller name dials. Shared by the paths. */
final class PeerName {
    private final int index;
    private final String own;
    private final String configured;
    private String peer;

    /**
     * @param index      the host's place among the others
     * @param configured null if it has to be learned; until then, both sides dial, and the wrong one's connection is closed
     */
    PeerName(final int index, final String own, final String configured) {
        this.index = index;
        this.own = own;
        this.configured = configured;
        this.peer = configured;
    }

    int index() {
        return index;
    }

    String configured() {
        return configured;
    }

    boolean mayBe(final String name) {
        return configured == null || configured.equals(name);
    }

    /** null until the peer has greeted. */
    String peer() {
        return peer;
    }

    void learn(final String name) {
        peer = name;
    }

    boolean weDial() {
        return peer == null || own.compareTo(peer) < 0;
    }
}
