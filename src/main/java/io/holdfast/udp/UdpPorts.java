package io.holdfast.udp;

import io.holdfast.util.RandomSource;
import io.holdfast.wire.IpAddress;
import org.agrona.collections.Int2ObjectHashMap;

/** Which socket has which port. Shard's thread only. */
final class UdpPorts {
    /** Most bound sockets. */
    static final int MAX_SOCKETS = 16_384;
    /** Ports that are chosen for those who do not care (Linux: {@code ip_local_port_range}). */
    static final int FIRST_EPHEMERAL = 32_768;
    static final int LAST_EPHEMERAL = 60_999;

    /** First of the sockets that share a port, by port. */
    private final Int2ObjectHashMap<UdpSocket> byPort = new Int2ObjectHashMap<>();
    private final RandomSource random;
    private int count;

    UdpPorts(final RandomSource random) {
        this.random = random;
    }

    /**
     * Adds a socket whose bound address is set.
     *
     * @param port 0 to choose a free one at random (RFC 6056)
     * @return null if bound, or the error
     */
    UdpError add(final UdpSocket socket, final int port) {
        if (count == MAX_SOCKETS) {
            return UdpError.TOO_MANY_SOCKETS;
        }
        final int chosen = port == 0 ? ephemeral() : port;
        if (chosen == 0 || port != 0 && !free(socket, port)) {
            return UdpError.ADDRESS_IN_USE;
        }
        socket.localPort = chosen;
        socket.next = byPort.get(chosen);
        byPort.put(chosen, socket);
        count++;
        return null;
    }

    private int ephemeral() {
        final int range = LAST_EPHEMERAL - FIRST_EPHEMERAL + 1;
        final int start = random.nextInt(range);
        for (int i = 0; i < range; i++) {
            final int port = FIRST_EPHEMERAL + (start + i) % range;
            if (!byPort.containsKey(port)) {
                return port;
            }
        }
        return 0;
    }

    private boolean free(final UdpSocket socket, final int port) {
        for (UdpSocket other = byPort.get(port); other != null; other = other.next) {
            final boolean sameAddress = socket.boundAddress.isAny() || other.boundAddress.isAny()
                || socket.boundAddress.equals(other.boundAddress);
            if (sameAddress && !(socket.reuseAddress && other.reuseAddress)) {
                return false;
            }
        }
        return true;
    }

    void remove(final UdpSocket socket) {
        UdpSocket previous = null;
        UdpSocket at = byPort.get(socket.localPort);
        while (at != null && at != socket) {
            previous = at;
            at = at.next;
        }
        if (at == null) {
            return;
        }
        if (previous != null) {
            previous.next = socket.next;
        } else if (socket.next != null) {
            byPort.put(socket.localPort, socket.next);
        } else {
            byPort.remove(socket.localPort);
        }
        socket.next = null;
        count--;
    }

    UdpSocket first(final int port) {
        return byPort.get(port);
    }

    /** The socket that fits best: the connected one, then the one bound to the address, then the newest. */
    UdpSocket find(
        final long localHi,
        final long localLo,
        final int localPort,
        final long remoteHi,
        final long remoteLo,
        final int remotePort) {
        UdpSocket best = null;
        int bestScore = -1;
        for (UdpSocket socket = byPort.get(localPort); socket != null; socket = socket.next) {
            final int score = score(socket, localHi, localLo, remoteHi, remoteLo, remotePort);
            if (score > bestScore) {
                best = socket;
                bestScore = score;
            }
        }
        return best;
    }

    /** How closely a socket fits; negative if it does not. */
    static int score(
        final UdpSocket socket,
        final long localHi,
        final long localLo,
        final long remoteHi,
        final long remoteLo,
        final int remotePort) {
        int score = 0;
        final IpAddress local = socket.localAddress;
        if (!local.isAny()) {
            if (local.lo() != localLo || local.hi() != localHi) {
                return -1;
            }
            score += 1;
        }
        final IpAddress remote = socket.remoteAddress;
        if (remote != null) {
            if (remote.lo() != remoteLo || remote.hi() != remoteHi || socket.remotePort != remotePort) {
                return -1;
            }
            score += 2;
        }
        return score;
    }
}
