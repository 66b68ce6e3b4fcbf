package io.holdfast.stack;

import io.holdfast.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.Int2IntCounterMap;
import org.agrona.collections.Int2ObjectHashMap;

/**
 * Which local ports are taken, of one transport: by sockets that are bound, and by connections (TIME-WAIT included) that
 * outlive their sockets. Conflicts are Linux's: two sockets share a port if their addresses differ, or if both set
 * SO_REUSEADDR and neither listens; a connection left over keeps its port from sockets without SO_REUSEADDR. With the
 * baton only.
 */
final class PortTable {
    /** Linux's ip_local_port_range. */
    static final int FIRST_EPHEMERAL = 32_768;
    static final int LAST_EPHEMERAL = 60_999;

    private final Int2ObjectHashMap<List<PortBinding>> bindings = new Int2ObjectHashMap<>();
    /** Connections come from another host before the server that is to go on with them has bound its port here. */
    boolean connectionsOutliveServers;
    private final Int2IntCounterMap connections = new Int2IntCounterMap(0);

    /** Binds; null if the port is taken. {@code address} may be {@link IpAddress#ANY}. */
    PortBinding bind(final IpAddress address, final int port, final boolean reuse) {
        if (!reuse && !connectionsOutliveServers && connections.get(port) > 0) {
            return null;
        }
        if (conflict(address, port, reuse, null)) {
            return null;
        }
        final PortBinding binding = new PortBinding(address, port, reuse);
        bindings.computeIfAbsent(port, p -> new ArrayList<>(1)).add(binding);
        return binding;
    }

    /** A bound socket starts to listen. False if another one listens there already. */
    boolean listen(final PortBinding binding) {
        if (conflict(binding.address, binding.port, binding.reuse, binding)) {
            return false;
        }
        binding.listening = true;
        return true;
    }

    void release(final PortBinding binding) {
        final List<PortBinding> all = bindings.get(binding.port);
        if (all != null && all.remove(binding) && all.isEmpty()) {
            bindings.remove(binding.port);
        }
    }

    /** Nobody at all uses it. */
    boolean unused(final int port) {
        return !bindings.containsKey(port) && connections.get(port) == 0;
    }

    /** No socket is bound to it, though connections may use it. */
    boolean unbound(final int port) {
        return !bindings.containsKey(port);
    }

    void connectionAdded(final int port) {
        connections.incrementAndGet(port);
    }

    void connectionRemoved(final int port) {
        connections.decrementAndGet(port);
    }

    private boolean conflict(final IpAddress address, final int port, final boolean reuse, final PortBinding self) {
        final List<PortBinding> all = bindings.get(port);
        if (all == null) {
            return false;
        }
        for (int i = 0; i < all.size(); i++) {
            final PortBinding other = all.get(i);
            final boolean overlap = address.equals(IpAddress.ANY) || other.address.equals(IpAddress.ANY)
                || address.equals(other.address);
            if (other != self && overlap && (!reuse || !other.reuse || other.listening)) {
                return true;
            }
        }
        return false;
    }
}
