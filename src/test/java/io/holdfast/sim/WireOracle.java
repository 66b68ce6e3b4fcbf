package io.holdfast.sim;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Watches every packet as its host sends it, and knows TCP only as it stands on the wire. For each direction of each
 * connection: a byte, once sent, keeps its value; acknowledgements never go back, nor beyond what was sent; the right
 * window edge never goes back; no data beyond the edge, nor SYN or FIN at two places.
 */
final class WireOracle {
    private static final int SYN = 2;
    private static final int FIN = 1;
    private static final int RST = 4;
    private static final int ACK = 16;
    private static final long MOST_AHEAD = 1 << 24;

    /** One direction: what its sender has shown. Offsets are 64-bit, the SYN is 0. */
    private static final class Flow {
        /** The connection between the same ends before this one: an old SYN that was late may open a second one. */
        Flow older;
        int isn;
        long sentEnd;
        long finAt = -1;
        long acked;
        /** Right edge that this flow's sender granted to the other. */
        long edge = -1;
        int shift;
        boolean scaleOffered;
        /** Highest timestamp sent; see {@link WireOracle#watchTimestamps}. */
        int tsVal;
        boolean timestamps;
        /** Sent bytes: complete up to {@link #knownEnd}, since new data is never sent out of order. */
        byte[] values = new byte[1 << 12];
        int knownEnd = 1;

        /** The connection that a number belongs to: this one, or one before it. */
        Flow near(final int seq) {
            for (Flow f = this; f != null; f = f.older) {
                final long at = unwrap(seq, f.isn, f.sentEnd);
                if (at >= 0 && at <= f.sentEnd + MOST_AHEAD) {
                    return f;
                }
            }
            return this;
        }

        boolean everEnded() {
            return finAt >= 0 || older != null && older.everEnded();
        }
    }

    /** Source address whose timestamps must never go back, 0 for none. */
    private int watched;
    private final Map<String, Flow> flows = new HashMap<>();
    private String violation;
    long segments;
    long dataSegments;
    long resets;
    /**
     * Resets of connections that had not ended in both directions; a late packet of an ended one is rightly answered by a reset.
     */
    long earlyResets;
    /** Resets that the watched address sent. */
    long watchedResets;
    private final CRC32C digest = new CRC32C();

    /** Returns a hash of every packet, for "the same seed gives the same bytes". */
    long digest() {
        return digest.getValue();
    }

    /** O3 of the replication contract, for what that address sends: TSval never goes back. */
    void watch(final int address) {
        watched = address;
    }

    void onSent(final byte[] packet) {
        digest.update(packet);
        final ByteBuffer ip = ByteBuffer.wrap(packet);
        final int headerBytes = (packet[0] & 0xF) * 4;
        if (packet[0] >> 4 != 4 || packet[9] != 6 || (ip.getShort(6) & 0x3FFF) != 0) {
            return;
        }
        segments++;
        final int source = ip.getInt(12);
        final int destination = ip.getInt(16);
        final int ports = ip.getInt(headerBytes);
        final int sourcePort = ports >>> 16;
        final int destinationPort = ports & 0xFFFF;
        final int seq = ip.getInt(headerBytes + 4);
        final int ack = ip.getInt(headerBytes + 8);
        final int dataOffset = (packet[headerBytes + 12] >> 4 & 0xF) * 4;
        final int flags = packet[headerBytes + 13];
        final int window = ip.getShort(headerBytes + 14) & 0xFFFF;
        final int payloadAt = headerBytes + dataOffset;
        final int payload = (ip.getShort(2) & 0xFFFF) - payloadAt;
        final String out = key(source, sourcePort, destination, destinationPort);
        final String in = key(destination, destinationPort, source, sourcePort);
        Flow flow = flows.get(out);
        if ((flags & RST) != 0) {
            resets++;
            watchedResets += source == watched ? 1 : 0;
            final Flow answered = flows.get(in);
            if (flow != null && answered != null && !(flow.everEnded() && answered.everEnded())) {
                earlyResets++;
            }
            return;
        }
        if ((flags & SYN) != 0) {
            if (flow == null || flow.isn != seq) {
                final Flow older = flow;
                flow = new Flow();
                flow.older = older;
                flow.isn = seq;
                flow.sentEnd = 1;
                flow.scaleOffered = findScale(packet, headerBytes + 20, payloadAt, flow);
                flows.put(out, flow);
            }
            if ((flags & ACK) != 0 && flows.get(in) != null) {
                flow.acked = Math.max(flow.acked, 1);
                flow.edge = Math.max(flow.edge, 1 + window);
            }
            return;
        }
        Flow other = flows.get(in);
        if (flow == null || other == null) {
            return;
        }
        // The peer took one of the SYN-ACKs that answered one SYN and its copy: the numbers tell which.
        flow = flow.near(seq);
        other = other.near(ack);
        if (source == watched) {
            checkTimestamp(flow, packet, headerBytes + 20, payloadAt);
        }
        final long at = unwrap(seq, flow.isn, flow.sentEnd);
        checkData(flow, other, packet, payloadAt, payload, at, (flags & FIN) != 0);
        if ((flags & ACK) != 0) {
            for (Flow old = other.older; old != null; old = old.older) {
                final long oldAck = unwrap(ack, old.isn, old.sentEnd);
                if (oldAck >= 0 && oldAck <= old.sentEnd) {
                    return;
                }
            }
            checkAck(flow, other, unwrap(ack, other.isn, other.sentEnd), window);
        }
    }

    private void checkData(final Flow flow, final Flow other, final byte[] packet, final int payloadAt,
        final int payload, final long at, final boolean fin) {
        final long end = at + payload;
        if (payload > 0) {
            dataSegments++;
            check(at >= 1, "data before the SYN");
            check(other.edge < 0 || end <= other.edge, "data up to " + end + " beyond the edge " + other.edge);
            check(at <= flow.knownEnd, "new data at " + at + " leaves a gap after " + flow.knownEnd);
            if (flow.values.length < end) {
                flow.values = Arrays.copyOf(flow.values, (int) Math.max(end, 2L * flow.values.length));
            }
            final int known = (int) Math.max(0, Math.min(end, flow.knownEnd) - at);
            check(Arrays.equals(flow.values, (int) at, (int) at + known, packet, payloadAt, payloadAt + known),
                "bytes from " + at + " changed their values");
            System.arraycopy(packet, payloadAt + known, flow.values, (int) at + known, payload - known);
            flow.knownEnd = (int) Math.max(flow.knownEnd, end);
            check(flow.finAt < 0 || end <= flow.finAt, "data behind the FIN");
        }
        if (fin) {
            check(flow.finAt < 0 || flow.finAt == end, "FIN at " + end + " and at " + flow.finAt);
            flow.finAt = end;
        }
        flow.sentEnd = Math.max(flow.sentEnd, end + (fin ? 1 : 0));
    }

    private void checkAck(final Flow flow, final Flow other, final long ack, final int window) {
        check(ack <= other.sentEnd, "acknowledges " + ack + ", sent was " + other.sentEnd);
        check(ack >= flow.acked, "acknowledgement goes back from " + flow.acked + " to " + ack);
        flow.acked = ack;
        final int shift = flow.scaleOffered && other.scaleOffered ? flow.shift : 0;
        final long edge = ack + ((long) window << shift);
        check(edge >= flow.edge, "window edge goes back from " + flow.edge + " to " + edge);
        flow.edge = edge;
    }

    private void checkTimestamp(final Flow flow, final byte[] packet, final int from, final int to) {
        int at = from;
        while (at < to && packet[at] != 0) {
            if (packet[at] == 8) {
                final int tsVal = ByteBuffer.wrap(packet).getInt(at + 2);
                check(!flow.timestamps || tsVal - flow.tsVal >= 0, "TSval goes back from " + flow.tsVal + " to " + tsVal);
                flow.timestamps = true;
                flow.tsVal = tsVal;
            }
            at += packet[at] == 1 ? 1 : packet[at + 1];
        }
    }

    private static boolean findScale(final byte[] packet, final int from, final int to, final Flow flow) {
        int at = from;
        while (at < to && packet[at] != 0) {
            if (packet[at] == 1) {
                at++;
            } else {
                if (packet[at] == 3) {
                    flow.shift = packet[at + 2];
                    return true;
                }
                at += packet[at + 1];
            }
        }
        return false;
    }

    private static String key(final int source, final int sourcePort, final int destination, final int destinationPort) {
        return source + ":" + sourcePort + ">" + destination + ":" + destinationPort;
    }

    private static long unwrap(final int seq, final int isn, final long near) {
        return near + (seq - isn - (int) near);
    }

    /** Remembered, not thrown: the stack in whose call this happens would take it for an error of its own. */
    private void check(final boolean holds, final String what) {
        if (!holds && violation == null) {
            violation = what;
        }
    }

    /** Throws what was wrong first. */
    void verify() {
        if (violation != null) {
            throw new AssertionError("on the wire: " + violation);
        }
    }
}
