package io.holdfast.tcp.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.tcp.congestion.CongestionControl;
import io.holdfast.tcp.congestion.CongestionControls;
import io.holdfast.util.Deadline;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A sender without a network: plays the connection's part towards {@link LossRecovery} in virtual milliseconds, and
 * writes down what leaves as "start:end" in segments of 1000 bytes. Offsets in the script are segments.
 */
final class ScriptedSender {
    static final int MSS = 1000;
    private static final long MS = 1_000_000;

    final CongestionControl congestion;
    final RttEstimator rtt;
    final LossRecovery recovery;
    final AckEvent event = new AckEvent();
    final Map<RecoveryEvent, Integer> events = new EnumMap<>(RecoveryEvent.class);
    private final boolean sack;
    private final boolean timestamps;
    private final List<String> sent = new ArrayList<>();
    private final long originMs;
    private long nowNs;
    private long sndNxt;
    private long written;
    private long windowEnd = Long.MAX_VALUE;
    private boolean superSegments;

    ScriptedSender(final String algorithm, final boolean sack, final boolean timestamps, final int handshakeRttMs) {
        this.sack = sack;
        this.timestamps = timestamps;
        congestion = CongestionControls.create(algorithm);
        rtt = new RttEstimator(200 * MS);
        recovery = new LossRecovery(congestion, rtt);
        recovery.listener((what, count) -> events.merge(what, count, Integer::sum));
        originMs = 1_000;
        nowNs = originMs * MS;
        if (handshakeRttMs >= 0) {
            recovery.onHandshakeRtt(handshakeRttMs * MS, nowNs);
        }
        recovery.onEstablished(MSS, sack, timestamps, 0, nowNs);
    }

    static ScriptedSender reno() {
        return new ScriptedSender("reno", true, false, 100);
    }

    static ScriptedSender renoWithTimestamps() {
        return new ScriptedSender("reno", true, true, 100);
    }

    static ScriptedSender withoutSack() {
        return new ScriptedSender("reno", false, false, 100);
    }

    ScriptedSender superSegments() {
        superSegments = true;
        return this;
    }

    /** Moves to a time, in milliseconds since the start, letting timers expire on the way. */
    ScriptedSender at(final double ms) {
        final long target = (long) ((originMs + ms) * MS);
        while (recovery.deadlineNs() != Deadline.NONE && recovery.deadlineNs() <= target) {
            assertTrue(recovery.deadlineNs() >= nowNs, "the timer is set into the past");
            nowNs = recovery.deadlineNs();
            recovery.onDeadline(nowNs);
            transmit();
        }
        nowNs = target;
        return this;
    }

    ScriptedSender write(final double segments) {
        recovery.onApplicationData(nowNs);
        written += (long) (segments * MSS);
        transmit();
        return this;
    }

    /** Another host sent as many segments, a hundred milliseconds ago. */
    ScriptedSender inherits(final int segments) {
        recovery.onInherited((long) segments * MSS, 0, nowNs - 100 * MS, nowNs);
        sndNxt = (long) segments * MSS;
        written = sndNxt;
        return this;
    }

    ScriptedSender peerWindowEnd(final double segment) {
        windowEnd = (long) (segment * MSS);
        return this;
    }

    /** An acknowledgement with SACK ranges, all in segments; the first range is a D-SACK if it lies below {@code ack}. */
    ScriptedSender ack(final double ack, final double... ranges) {
        event.clear();
        fill(ack, ranges);
        return deliver();
    }

    /** The same, echoing the timestamp of {@code echoMs}. */
    ScriptedSender ackEcho(final double echoMs, final double ack, final double... ranges) {
        event.clear();
        event.timestampEcho = true;
        event.tsEcr = (int) echoMs;
        event.tsEcrNs = (long) ((originMs + echoMs) * MS);
        fill(ack, ranges);
        return deliver();
    }

    private void fill(final double ack, final double... ranges) {
        event.ack = Math.round(ack * MSS);
        for (int i = 0; i < ranges.length; i += 2) {
            final long from = Math.round(ranges[i] * MSS);
            final long to = Math.round(ranges[i + 1] * MSS);
            if (i == 0 && from < event.ack) {
                event.dsack = true;
                event.dsackStart = from;
                event.dsackEnd = to;
            } else {
                event.sackStart[event.sackCount] = from;
                event.sackEnd[event.sackCount++] = to;
            }
        }
    }

    private ScriptedSender deliver() {
        event.canSendNew = written > sndNxt && windowEnd > sndNxt;
        recovery.onAck(event, nowNs);
        transmit();
        return this;
    }

    private int stamp() {
        return timestamps ? (int) (nowNs / MS - originMs) : 0;
    }

    private void transmit() {
        while (recovery.hasRetransmission()) {
            final long from = recovery.retransmitStart();
            final long to = recovery.retransmitEnd();
            sent.add("R" + range(from, to));
            recovery.onRetransmitted(from, to, stamp(), nowNs);
        }
        if (recovery.probeDue()) {
            if (written > sndNxt && windowEnd > sndNxt) {
                sendNew(MSS, "P");
            } else {
                sent.add("P" + range(recovery.probeStart(), recovery.probeEnd()));
                recovery.onRetransmitted(recovery.probeStart(), recovery.probeEnd(), stamp(), nowNs);
            }
        }
        while (recovery.newSegmentQuota() > 0 && written > sndNxt && windowEnd > sndNxt) {
            sendNew(superSegments ? Math.min(64, recovery.newSegmentQuota()) * MSS : MSS, "");
        }
        recovery.onTransmitIdle(Math.min(written, windowEnd) <= sndNxt, nowNs);
    }

    private void sendNew(final int bytes, final String mark) {
        final long to = Math.min(Math.min(written, windowEnd), sndNxt + bytes);
        sent.add(mark + range(sndNxt, to));
        recovery.onSent(sndNxt, to, stamp(), nowNs);
        sndNxt = to;
    }

    private static String range(final long from, final long to) {
        return number(from) + ":" + number(to);
    }

    private static String number(final long offset) {
        return offset % MSS == 0 ? Long.toString(offset / MSS) : Double.toString((double) offset / MSS);
    }

    /** Returns the segments sent since the last call. */
    ScriptedSender sends(final String... expected) {
        assertEquals(String.join(" ", expected), String.join(" ", sent), "sent");
        sent.clear();
        return this;
    }

    ScriptedSender forget() {
        sent.clear();
        return this;
    }

    double written() {
        return (double) written / MSS;
    }

    double sndNxt() {
        return (double) sndNxt / MSS;
    }

    boolean sack() {
        return sack;
    }

    int cwnd() {
        return congestion.cwnd();
    }

    double nowMs() {
        return (double) nowNs / MS - originMs;
    }

    double deadlineMs() {
        return (double) recovery.deadlineNs() / MS - originMs;
    }

    int count(final RecoveryEvent what) {
        return events.getOrDefault(what, 0);
    }

    ScriptedSender shows(final RecoveryState state, final int cwnd, final int ssthresh) {
        assertEquals(state + " cwnd " + cwnd + " ssthresh " + ssthresh,
            recovery.state() + " cwnd " + congestion.cwnd() + " ssthresh " + congestion.ssthresh());
        return this;
    }

    /** TCP_INFO's unacked, sacked, lost, retrans. */
    ScriptedSender counts(final int unacked, final int sacked, final int lost, final int retrans) {
        assertEquals(unacked + "/" + sacked + "/" + lost + "/" + retrans, recovery.unacked() + "/" + recovery.sacked()
            + "/" + recovery.lost() + "/" + recovery.retransmitted(), "unacked/sacked/lost/retrans");
        return this;
    }
}
