package io.holdfast.replication.channel;

/** What is known of the peer's name, and what follows: the node with the smaller name dials. Shared by the paths. */
final class PeerName {
    private final String own;
    private String peer;

    /**
     * @param configured null if it has to be learned; until then, both sides dial, and the wrong one's connection is closed
     */
    PeerName(final String own, final String configured) {
        this.own = own;
        this.peer = configured;
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
