package io.holdfast.stack;

import io.holdfast.tcp.TcpListener;
import io.holdfast.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.Int2ObjectHashMap;

/** Listeners by address and port; one bound to an address comes before one bound to any. With the baton only. */
final class ListenerTable {
    private final Int2ObjectHashMap<List<ListenerEntry>> byPort = new Int2ObjectHashMap<>();

    void add(final ListenerEntry entry) {
        byPort.computeIfAbsent(entry.port, p -> new ArrayList<>(1)).add(entry);
    }

    void remove(final ListenerEntry entry) {
        final List<ListenerEntry> all = byPort.get(entry.port);
        if (all != null && all.remove(entry) && all.isEmpty()) {
            byPort.remove(entry.port);
        }
    }

    /** The listener for segments to that address and port, or null. */
    ListenerEntry find(final long localHi, final long localLo, final int port) {
        final List<ListenerEntry> all = byPort.get(port);
        ListenerEntry any = null;
        for (int i = 0; all != null && i < all.size(); i++) {
            final ListenerEntry e = all.get(i);
            if (e.address.lo() == localLo && e.address.hi() == localHi) {
                return e;
            }
            if (e.address.equals(IpAddress.ANY)) {
                any = e;
            }
        }
        return any;
    }

    ListenerEntry of(final TcpListener listener) {
        for (final List<ListenerEntry> all : byPort.values()) {
            for (int i = 0; i < all.size(); i++) {
                if (all.get(i).listener == listener) {
                    return all.get(i);
                }
            }
        }
        return null;
    }

    List<ListenerEntry> members() {
        final List<ListenerEntry> members = new ArrayList<>();
        byPort.values().forEach(members::addAll);
        return members;
    }
}
