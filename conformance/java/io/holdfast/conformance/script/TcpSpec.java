package io.holdfast.conformance.script;

import io.holdfast.conformance.packet.TcpFlags;
import io.holdfast.conformance.packet.TcpOption;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A segment as a script writes it, its numbers relative to the initial ones.
 *
 * @param ack null if it is not said
 * @param window null if it is not said
 * @param urgent null if it is not said
 * @param tos the IP header's ECN bits, null if they are not said
 * @param options null if any will do
 * @param port the peer's, null for the connection that the script is about
 * @param fragments how to cut it, null for not at all
 * @param fill what every byte of data is, null for the usual pattern
 */
public record TcpSpec(int flags, long seq, int length, Long ack, Integer window, Integer urgent, Integer tos,
    List<TcpOption> options, boolean badChecksum, Integer port, Fragments fragments, Integer fill) {
    /**
     * @param overlap how many bytes of the one before each begins with
     * @param order which fragments go, in that order, from 0; null for all as they come
     */
    public record Fragments(int bytes, int overlap, List<Integer> order) {
    }

    public boolean has(final int flag) {
        return (flags & flag) != 0;
    }

    /** The segment in the script's notation. */
    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder(TcpFlags.show(flags));
        text.append(' ').append(seq).append(':').append(seq + length).append('(').append(length).append(')');
        if (ack != null) {
            text.append(" ack ").append(ack);
        }
        if (window != null) {
            text.append(" win ").append(window);
        }
        if (urgent != null && urgent != 0) {
            text.append(" urg ").append(urgent);
        }
        if (options == null) {
            text.append(" <...>");
        } else if (!options.isEmpty()) {
            text.append(options.stream().map(TcpOption::toString).collect(Collectors.joining(",", " <", ">")));
        }
        return text.append(port == null ? "" : " port " + port).toString();
    }
}
