package io.holdfast.stack;

import io.holdfast.counters.Counters;
import io.holdfast.tcp.TcpConnection;
import io.holdfast.tcp.TcpListener;
import io.holdfast.tcp.TcpStack;
import io.holdfast.wire.IpAddress;
import java.util.List;
import java.util.function.Supplier;

/** What {@link Replication} may do to its shard. With the baton, but for {@link #call}. */
public final class ShardControl {
    private final Shard shard;
    private final ConnectionSet connections;
    private final TcpStack tcp;

    ShardControl(final Shard shard, final ConnectionSet connections, final TcpStack tcp) {
        this.shard = shard;
        this.connections = connections;
        this.tcp = tcp;
    }

    /** Any thread: does it with the baton, and settles what it touched. Waits for the result. */
    public <T> T call(final Supplier<T> work) {
        return shard.call(work);
    }

    /** The same; while others have the baton, the caller does {@code meanwhile} about every millisecond. */
    public <T> T call(final Supplier<T> work, final Runnable meanwhile) {
        return shard.call(work, meanwhile);
    }

    /** Any thread: verbs of an application for its connection, as if it had called. */
    public void post(final Endpoint endpoint, final int verbs) {
        shard.post(endpoint, verbs);
    }

    /** Any thread: does it with the baton as soon as that is free, and does not wait for it. */
    public void post(final Runnable work) {
        shard.post(work);
    }

    /** As {@link Shard#poisoned}. Any thread. */
    public Error poisoned(final Error error) {
        return shard.poisoned(error);
    }

    /** An error has stopped the shard for good. Any thread. */
    public boolean isStopped() {
        return shard.isStopped();
    }

    /** The shard's clock, which begins near zero with the process: what {@code nowNs} means everywhere here. Any thread. */
    public long nowNs() {
        return shard.nowNs();
    }

    public Counters counters() {
        return shard.counters();
    }

    public TcpStack tcp() {
        return tcp;
    }

    /** The connection is settled before the batch ends: it transmits, and its events are told. */
    public void touch(final Endpoint endpoint) {
        connections.touch(endpoint);
    }

    /** Puts the image of another host's connection into the table; null if there is no room, or one with these ends. */
    public Endpoint add(final TcpConnection connection) {
        return connections.find(connection.id()) != null ? null : connections.addEndpoint(connection);
    }

    /** Takes it out again; freed once no application holds it. Says nothing to the peer. */
    public void drop(final Endpoint endpoint) {
        connections.drop(endpoint);
    }

    /** An application will accept it, and has it until it lets go, in the table or not. False takes that back. */
    public void promise(final Endpoint endpoint, final boolean value) {
        endpoint.promised = value;
    }

    /** Ends it for its application, with no word to the peer. */
    public void abandon(final Endpoint endpoint) {
        connections.drop(endpoint);
        endpoint.publish(TcpConnection.FAILED | TcpConnection.CLOSED);
    }

    /** Brings an application's verbs, of {@link Endpoint}, to its connection. */
    public void apply(final TcpConnection connection, final int verbs, final long nowNs) {
        ApplicationVerbs.apply(connection, verbs, nowNs);
    }

    public List<Endpoint> endpoints() {
        return List.of(connections.table.members());
    }

    /**
     * Gives a connection that another host's application served to who listens for it here.
     *
     * @return false if that one takes none
     */
    public boolean resume(final Resumption resumption) {
        final Endpoint endpoint = resumption.endpoint();
        final ListenerEntry entry = connections.listeners.find(endpoint.localHi, endpoint.localLo, endpoint.localPort);
        if (entry == null || !entry.resumes) {
            return false;
        }
        entry.resumed.add(resumption);
        connections.onAcceptable(entry.listener);
        return true;
    }

    /** Who listens there; null if nobody does. */
    public TcpListener listener(final IpAddress address, final int port) {
        final ListenerEntry entry = connections.listeners.find(address.hi(), address.lo(), port);
        return entry == null ? null : entry.listener;
    }

    /**
     * The addresses are another host's from now on, whose place this one may take: nothing leaves from them, nothing
     * for them arrives, but the last of it is kept ({@code stack.hear_bytes}, {@code stack.hear_ms}). So it is at the
     * start.
     */
    public void holdAddresses() {
        shard.network().addresses().hold();
    }

    /** The addresses are this host's from now on: announced repeatedly, and what was heard for them is taken in. */
    public void takeAddresses(final long nowNs) {
        shard.network().takeAddresses(nowNs);
    }

    /** Any thread: from now on signs of life of the LAN are looked for. */
    public LanSigns watchLan(final LanWatchConfig config) {
        return call(() -> shard.network().watchLan(config, connections, nowNs()));
    }
}
