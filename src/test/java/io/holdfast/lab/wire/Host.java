package io.holdfast.lab.wire;

import java.util.List;

/** One of the two hosts, as it shows on the link between them. */
final class Host {
    private static final int BACKUP = 3;
    private static final int PRIMARY = 4;
    private static final int SOLO = 5;

    private final List<Integer> addresses;
    private final StoredLog log = new StoredLog();
    private Host peer;
    private long incarnation;
    private long serial;
    private int role;
    /** The host has closed a connection since its last message: it may be dead, and its primary may know. */
    private boolean gone;

    /** @param addresses of its kernel, on every path to the other host */
    Host(final List<Integer> addresses) {
        this.addresses = addresses;
    }

    void peer(final Host other) {
        peer = other;
    }

    Host peer() {
        return peer;
    }

    boolean has(final int address) {
        return addresses.contains(address);
    }

    String name() {
        return Expectation.text(addresses.get(0));
    }

    /** Log that the host has sent to the other, up to the other's acknowledgement. */
    StoredLog log() {
        return log;
    }

    /**
     * The host tells its role. Messages are numbered over all paths, so that an old one is recognized.
     *
     * @param code 3 is a backup in sync, 4 a primary with such a backup
     */
    void onRole(final long fromIncarnation, final long number, final int code) {
        if (fromIncarnation != incarnation || number > serial) {
            incarnation = fromIncarnation;
            serial = number;
            role = code;
            gone = false;
        }
    }

    /** The host went on without its backup, with no peer that it could have told. */
    void onAlone() {
        role = SOLO;
    }

    void onClosed() {
        gone = true;
    }

    /** The host's output must wait for the other: both have said so, and the other still lives. */
    boolean isProtected() {
        return role == PRIMARY && peer.role == BACKUP && !peer.gone;
    }
}
