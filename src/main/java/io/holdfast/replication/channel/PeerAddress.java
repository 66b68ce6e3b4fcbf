package io.holdfast.replication.channel;

import java.net.InetSocketAddress;

/**
 * One other host.
 *
 * @param node        its name; null, where there is one other host only, if it is to be learned
 * @param replication where it listens for the path of that name
 * @param service     the same; null if there is no such path
 */
public record PeerAddress(String node, InetSocketAddress replication, InetSocketAddress service) {
    InetSocketAddress address(final Path path) {
        return path == Path.REPLICATION ? replication : service;
    }
}
