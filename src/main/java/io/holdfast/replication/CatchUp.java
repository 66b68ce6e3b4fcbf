package io.holdfast.replication;

import java.util.HashSet;
import java.util.Set;

/**
 * Which of the connections that a hot backup follows are protected in name only: their server here, which began to serve them
 * later than the primary's, has yet to do again what that one did, and a takeover would wait for it. With the baton, but for
 * {@link #count}.
 */
final class CatchUp {
    private final Set<ShadowConnection> behind = new HashSet<>();
    private volatile int count;

    /** Has its server caught up, by now or ever? From then on, being behind is a moment's matter. */
    void weigh(final ShadowConnection c) {
        if (c.caughtUp) {
            return;
        }
        if (c.isBehind()) {
            behind.add(c);
        } else {
            c.caughtUp = true;
            behind.remove(c);
        }
        count = behind.size();
    }

    void forget(final ShadowConnection c) {
        if (behind.remove(c)) {
            count = behind.size();
        }
    }

    void clear() {
        behind.clear();
        count = 0;
    }

    boolean has(final ShadowConnection c) {
        return behind.contains(c);
    }

    /** How many connections these are. Any thread. */
    int count() {
        return count;
    }
}
