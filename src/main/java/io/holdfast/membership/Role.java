package io.holdfast.membership;

import java.util.EnumSet;
import java.util.Set;

/** What a node is. Codes are stable: they are sent to the peer. */
public enum Role {
    /** Nothing decided yet; holds nothing. */
    STARTING(1),
    /** Receives history; may not take over. */
    JOINING(2),
    /** In sync; may take over. */
    BACKUP(3),
    /** Owns the service, and has a backup in sync: output waits for it. */
    PRIMARY(4),
    /** Owns the service alone: output waits for nobody. */
    SOLO(5),
    /** Owned the service and must not speak any more; has yet to drop its state. */
    FENCED(6);

    static {
        STARTING.next = EnumSet.of(JOINING, SOLO);
        JOINING.next = EnumSet.of(JOINING, BACKUP, STARTING);
        BACKUP.next = EnumSet.of(SOLO, JOINING, STARTING);
        // To itself, while it is blocked by policy: a backup has joined, or the epoch is higher.
        PRIMARY.next = EnumSet.of(SOLO, FENCED, PRIMARY);
        // To itself: with a higher epoch.
        SOLO.next = EnumSet.of(PRIMARY, FENCED, SOLO);
        FENCED.next = EnumSet.of(JOINING, STARTING);
    }

    private final int code;
    private Set<Role> next;

    Role(final int code) {
        this.code = code;
    }

    /** Stable number, on the wire and in counters. */
    public int code() {
        return code;
    }

    /** The table of legal changes. */
    public boolean mayBecome(final Role role) {
        return next.contains(role);
    }

    /** Owns an epoch. */
    public boolean isOwner() {
        return this == PRIMARY || this == SOLO;
    }

    /** null if there is no such code. */
    static Role of(final int code) {
        for (final Role role : values()) {
            if (role.code == code) {
                return role;
            }
        }
        return null;
    }
}
