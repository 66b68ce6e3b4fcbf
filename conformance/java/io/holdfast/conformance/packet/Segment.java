package io.holdfast.conformance.packet;

import java.util.List;

/**
 * A TCP segment with live numbers.
 *
 * @param tos the IP header's
 */
public record Segment(int sourcePort, int destinationPort, int flags, int seq, int ack, int window, int urgent, int tos,
    List<TcpOption> options, byte[] payload) {
    public boolean has(final int flag) {
        return (flags & flag) != 0;
    }
}
