package io.holdfast.socket;

import io.holdfast.tcp.TcpInfo;
import java.net.InetSocketAddress;

/**
 * One line of a listing of sockets, in the manner of ss. A copy: it does not change any more.
 *
 * @param protocol     "tcp" or "udp"
 * @param state        RFC 9293's name for TCP, "UNCONN" or "ESTAB" for UDP
 * @param receiveQueue bytes that the application has not read; for a listener, connections not yet accepted
 * @param sendQueue    bytes that the peer has not acknowledged; for a listener, its backlog
 * @param local        own address
 * @param remote       the peer's; null if there is none
 * @param info         the connection's vital signs; null for anything else
 */
public record SocketEntry(
    String protocol,
    String state,
    int receiveQueue,
    int sendQueue,
    InetSocketAddress local,
    InetSocketAddress remote,
    TcpInfo info) {
}
