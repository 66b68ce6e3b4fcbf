package io.holdfast.replication;

import java.util.HashSet;
import java.util.Set;

/**
 * Which of the connections that a hot backup follows are protected in name only: their server here, which began to serve them
 * later than the primary's or is slower, has yet to do again what that one did, and a takeover would wait for it. With the baton,
 * but for {@link #count}.
 */
final class CatchUp {
    private final Set<ShadowConnection> behind = new HashSet<>();
    private volatile int count;
    private volatile int late;

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

    /**
     * So many have something to do again that the log told of too long ago: this host's servers are slower than the primary's.
     */
    void late(final int connections) {
        late = connections;
    }

    void clear() {
        behind.clear();
        late = 0;
        count = 0;
    }

    boolean has(final ShadowConnection c) {
        return c.late || behind.contains(c);
    }

    /** How many connections these are. Any thread. */
    int count() {
        return Math.max(count, late);
    }
}
