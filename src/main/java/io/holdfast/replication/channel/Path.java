package io.holdfast.replication.channel;

/** The ways to the peer host: two networks, so that the loss of one is not mistaken for the death of the host. */
public enum Path {
    /** The hosts' own link: log batches, acknowledgements, membership. */
    REPLICATION("replication.listen", "replication.peer"),
    /** The LAN that clients come from: membership. */
    SERVICE("replication.service_listen", "replication.service_peer");

    private final String listenSetting;
    private final String peerSetting;

    Path(final String listenSetting, final String peerSetting) {
        this.listenSetting = listenSetting;
        this.peerSetting = peerSetting;
    }

    /** Stable number on the wire. */
    byte code() {
        return (byte) (ordinal() + 1);
    }

    String listenSetting() {
        return listenSetting;
    }

    String peerSetting() {
        return peerSetting;
    }
}
