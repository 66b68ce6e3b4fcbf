package io.holdfast.lab.wire;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Result of a check of a capture.
 *
 * @param counts     of violations, by rule; a rule that holds is absent
 * @param violations the first ones
 * @param switches   when the protected address moved to another host
 * @param hosts      who spoke for the address
 * @param macs       hardware addresses that ARP gave for it; one, if it is virtual
 * @param log        what was held against the replication log; null if there were no captures for that
 */
public record Report(
    Expectation expectation,
    Map<Rule, Integer> counts,
    List<Violation> violations,
    List<Switch> switches,
    Set<String> hosts,
    Set<String> macs,
    Totals totals,
    Log log) {

    /**
     * @param readable          the link between the hosts was captured whole, and is plain
     * @param batches           that a host acknowledged to have stored
     * @param segments          that hosts sent to the LAN
     * @param protectedSegments those that had to wait for the log
     * @param answeredUnstored  SYN-ACKs that left before their connection was stored; cookies may
     */
    public record Log(boolean readable, long linkFrames, long records, long batches, long segments, long protectedSegments,
        long answeredUnstored) {
    }

    /**
     * The address moved, as told by its new host's announcement.
     *
     * @param timeNs         of the announcement, since 1970
     * @param firstSegmentNs from the announcement to the new host's first segment; -1 if it never sent one
     * @param serverFirst    connections on which the new host spoke before the client
     * @param clientFirst    connections on which the client spoke first
     * @param slowestNs      from the announcement to the new host's first segment on the connection that waited longest
     * @param late           segments that the old host had begun to send before, in one burst
     */
    public record Switch(long timeNs, String from, String to, long firstSegmentNs, int serverFirst, int clientFirst,
        long slowestNs, int late) {
    }

    /**
     * @param serverBytes              of payload, each offset once
     * @param serverRetransmitted      payload bytes sent again
     * @param serverDuplicateAcks      segments of the server that said nothing new
     * @param overtaken                segments that arrived after later ones of the same host
     * @param lateResets               of a server that closed with data unread, which is its right
     * @param unscaled                 connections whose handshake was not seen: their edge is not checked
     */
    public record Totals(long frames, long segments, int connections, int unscaled, long serverBytes, long clientBytes,
        long serverRetransmitted, long serverRetransmissions, long clientRetransmissions, long serverDuplicateAcks,
        int lateResets, int announcements, long overtaken) {
    }

    public boolean ok() {
        return counts.isEmpty();
    }

    public int count(final Rule rule) {
        return counts.getOrDefault(rule, 0);
    }

    /** For people. */
    public String text() {
        final StringBuilder text = new StringBuilder();
        final Totals t = totals;
        text.append(String.format("%d frames, %d segments, %d connections; %d bytes from the server, %d from "
            + "clients%n", t.frames, t.segments, t.connections, t.serverBytes, t.clientBytes));
        text.append(String.format("retransmitted: server %d segments (%d bytes), clients %d segments; %d segments of "
            + "the server said nothing new, %d resets after a close%n", t.serverRetransmissions, t.serverRetransmitted,
            t.clientRetransmissions, t.serverDuplicateAcks, t.lateResets));
        text.append("hosts that spoke for the address: ").append(String.join(", ", hosts))
            .append("; hardware addresses told for it: ").append(String.join(", ", macs))
            .append("; announcements: ").append(t.announcements).append('\n');
        if (t.overtaken > 0) {
            text.append("segments overtaken by later ones of the same host: ").append(t.overtaken).append('\n');
        }
        if (t.unscaled > 0) {
            text.append("handshake not seen, so window not checked: ").append(t.unscaled).append(" connections\n");
        }
        for (final Switch s : switches) {
            text.append(String.format("switch from %s to %s; first segment after %s, slowest connection %s; on %d "
                + "connections the server spoke first, on %d the client%n", s.from, s.to,
                milliseconds(s.firstSegmentNs), milliseconds(s.slowestNs), s.serverFirst, s.clientFirst));
            if (s.late > 0) {
                text.append("  late segments of the old host, the rest of a burst that it was stopped in: ").append(s.late)
                    .append('\n');
            }
        }
        text.append(log == null ? "only what the client's side shows was looked at\n"
            : !log.readable ? "the link between the hosts was not read: O1 and the log's part of O4 only as far as the LAN shows them\n"
            : String.format("held against the log: %d of %d segments of the hosts, while protected; %d records, %d batches "
                + "acknowledged%n", log.protectedSegments, log.segments, log.records, log.batches));
        if (log != null && log.answeredUnstored > 0) {
            text.append("SYN-ACKs before their connection was stored: ").append(log.answeredUnstored).append('\n');
        }
        for (final Rule rule : Rule.values()) {
            final String verdict = count(rule) > 0 ? "BROKEN " + count(rule) + " times"
                : rule == Rule.O2 && expectation.headersOnly() ? "not checked: headers only" : "holds";
            text.append(String.format("%-8s%-42s%s%n", rule, rule.meaning(), verdict));
        }
        text.append(violations.stream().map(v -> String.format("  %s %d.%09d %s: %s%n", v.rule(),
            v.timeNs() / 1_000_000_000, v.timeNs() % 1_000_000_000, v.connection(), v.text()))
            .collect(Collectors.joining()));
        return text.toString();
    }

    private static String milliseconds(final long ns) {
        return ns < 0 ? "never" : String.format("%.3f ms", ns / 1e6);
    }
}
