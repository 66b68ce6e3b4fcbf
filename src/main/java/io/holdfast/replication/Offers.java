package io.holdfast.replication;

import io.holdfast.counters.Counters;
import io.holdfast.counters.ReplicationCounter;
import io.holdfast.stack.Endpoint;
import io.holdfast.stack.ShardControl;
import io.holdfast.tcp.TcpListener;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which listener of this host's program gets which connection of the primary: now, or as soon as it listens. With the baton. */
final class Offers {
    private final ShardControl control;
    private final Counters counters;
    private final ReplicationEvents events;
    /** Nobody listens for them here yet; in order. */
    private final List<ShadowConnection> unclaimed = new ArrayList<>();
    /** Accepted there, offered to a listener here, and not accepted here yet; in order. */
    private final Map<Endpoint, ShadowConnection> offered = new LinkedHashMap<>();

    Offers(final ShardControl control, final Counters counters, final ReplicationEvents events) {
        this.control = control;
        this.counters = counters;
        this.events = events;
    }

    void clear() {
        unclaimed.clear();
        offered.clear();
    }

    /** To who listens for it, or later to who will. */
    void offer(final ShadowConnection c) {
        final TcpListener listener = listener(c);
        if (listener == null) {
            unclaimed.add(c);
        } else {
            listener.offer(c.connection());
            noteOffered(c);
        }
    }

    private void noteOffered(final ShadowConnection c) {
        if (c.state.isAccepted()) {
            offered.put(c.endpoint, c);
        }
    }

    /** The application here has accepted it. */
    void onTaken(final Endpoint endpoint) {
        offered.remove(endpoint);
    }

    boolean isUnclaimed(final ShadowConnection c) {
        return unclaimed.contains(c);
    }

    TcpListener listener(final ShadowConnection c) {
        return control.listener(c.connection().id().localAddress(), c.connection().id().localPort());
    }

    /** Nobody listens for it yet. */
    void unclaimed(final ShadowConnection c) {
        unclaimed.add(c);
    }

    /**
     * A listener ends. What was offered to it is another's, who will listen later: a program that probes whether a port is free
     * listens, too.
     */
    void onUnlistening(final TcpListener listener) {
        for (final Iterator<ShadowConnection> all = offered.values().iterator(); all.hasNext();) {
            final ShadowConnection c = all.next();
            if (listener.withdraw(c.connection())) {
                all.remove();
                unclaimed.add(c);
            }
        }
    }

    /** Somebody listens. Returns those that nobody had listened for, and somebody does now. */
    List<ShadowConnection> onListening() {
        final List<ShadowConnection> claimed = new ArrayList<>();
        for (final Iterator<ShadowConnection> all = unclaimed.iterator(); all.hasNext();) {
            final ShadowConnection c = all.next();
            if (listener(c) != null) {
                all.remove();
                claimed.add(c);
            }
        }
        return claimed;
    }

    /** In whatever state it is by now. */
    void take(final ShadowConnection c) {
        if (c.endpoint.inTable() || c.state.isAccepted()) {
            listener(c).take(c.connection());
            noteOffered(c);
        }
    }

    /** This host leads, and nobody has listened for them for long enough: whoever waits at the other end hears of it. */
    void giveUpUnclaimed(final long atNs) {
        for (final ShadowConnection c : unclaimed) {
            if (c.endpoint.inTable()) {
                counters.increment(ReplicationCounter.UNPROTECTED);
                events.onUnprotected(c.connection().id(), c.id, "nobody listens for it here");
                c.connection().abort(atNs);
                control.touch(c.endpoint);
            }
            c.script.leave();
        }
        unclaimed.clear();
    }
}
