package io.holdfast.stack;

import org.agrona.BitUtil;

/**
 * Connections by their two ends: open addressing with linear probing and backward-shift deletion. The hash is keyed, so
 * that nobody outside can choose connections that collide. No allocation but for growth. With the baton only.
 */
final class ConnectionTable {
    private static final int INITIAL_CAPACITY = 1024;

    private final KeyedHash hash;
    private final int limit;
    private Endpoint[] slots = new Endpoint[INITIAL_CAPACITY];
    private int size;

    /**
     * @param limit most connections
     */
    ConnectionTable(final KeyedHash hash, final int limit) {
        this.hash = hash;
        this.limit = limit;
    }

    int limit() {
        return limit;
    }

    int size() {
        return size;
    }

    /** The connection with these ends, or null. */
    Endpoint find(final long localHi, final long localLo, final int localPort, final long remoteHi, final long remoteLo,
        final int remotePort) {
        final Endpoint[] table = slots;
        final int mask = table.length - 1;
        final long key = hash.of(localHi, localLo, localPort, remoteHi, remoteLo, remotePort);
        for (int i = (int) key & mask; table[i] != null; i = i + 1 & mask) {
            final Endpoint e = table[i];
            if (e.hash == key && e.localPort == localPort && e.remotePort == remotePort && e.remoteLo == remoteLo
                && e.localLo == localLo && e.remoteHi == remoteHi && e.localHi == localHi) {
                return e;
            }
        }
        return null;
    }

    /** Adds a connection that is not there. False if the table is full. */
    boolean add(final Endpoint endpoint) {
        if (size >= limit) {
            return false;
        }
        if (size >= slots.length / 2) {
            grow();
        }
        endpoint.hash = hash.of(endpoint.localHi, endpoint.localLo, endpoint.localPort, endpoint.remoteHi,
            endpoint.remoteLo, endpoint.remotePort);
        place(slots, endpoint);
        endpoint.inTable = true;
        size++;
        return true;
    }

    void remove(final Endpoint endpoint) {
        if (!endpoint.inTable) {
            return;
        }
        final Endpoint[] table = slots;
        final int mask = table.length - 1;
        int hole = (int) endpoint.hash & mask;
        while (table[hole] != endpoint) {
            hole = hole + 1 & mask;
        }
        // Moves later members of the run into the hole where their own place allows it.
        for (int i = hole + 1 & mask; table[i] != null; i = i + 1 & mask) {
            final int home = (int) table[i].hash & mask;
            if ((i - home & mask) >= (i - hole & mask)) {
                table[hole] = table[i];
                hole = i;
            }
        }
        table[hole] = null;
        endpoint.inTable = false;
        size--;
    }

    /** A copy of the members, in no particular order; for what happens rarely. */
    Endpoint[] members() {
        final Endpoint[] all = new Endpoint[size];
        int n = 0;
        for (final Endpoint e : slots) {
            if (e != null) {
                all[n++] = e;
            }
        }
        return all;
    }

    private void grow() {
        final Endpoint[] larger = new Endpoint[BitUtil.findNextPositivePowerOfTwo(slots.length * 2)];
        for (final Endpoint e : slots) {
            if (e != null) {
                place(larger, e);
            }
        }
        slots = larger;
    }

    private static void place(final Endpoint[] table, final Endpoint endpoint) {
        final int mask = table.length - 1;
        int i = (int) endpoint.hash & mask;
        while (table[i] != null) {
            i = i + 1 & mask;
        }
        table[i] = endpoint;
    }
}
