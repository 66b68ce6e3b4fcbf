package io.holdfast.failover;

import io.holdfast.replication.channel.PeerAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** The value of {@code replication.peers}: for each other host its name, and where it listens on one path or on both. */
final class PeerList {
    /** What is allowed, for people. */
    static final String FORM = "NAME IP:PORT [IP:PORT], for each other host its replication.node, replication.listen and "
        + "replication.service_listen, with commas between hosts";
    private static final int WITH_SERVICE = 3;

    private PeerList() {
    }

    /**
     * @throws IllegalArgumentException if it is none, without a word of why
     */
    static List<PeerAddress> parse(final String value) {
        final List<PeerAddress> peers = new ArrayList<>();
        for (final String host : value.split(",")) {
            final String[] words = host.trim().split("\\s+");
            if (words.length < WITH_SERVICE - 1 || words.length > WITH_SERVICE) {
                throw new IllegalArgumentException(FORM);
            }
            peers.add(new PeerAddress(words[0], address(words[1]), words.length == WITH_SERVICE ? address(words[2]) : null));
        }
        return peers;
    }

    /**
     * @throws IllegalArgumentException if it is not IP:PORT
     */
    static InetSocketAddress address(final String value) {
        final int colon = value.lastIndexOf(':');
        try {
            final int port = Integer.parseInt(value.substring(colon + 1));
            return new InetSocketAddress(InetAddress.getByName(value.substring(0, Math.max(0, colon))), port);
        } catch (final UnknownHostException e) {
            throw new IllegalArgumentException(value, e);
        }
    }
}
