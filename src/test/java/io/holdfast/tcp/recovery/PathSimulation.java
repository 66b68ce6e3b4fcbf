package io.holdfast.tcp.recovery;

import io.holdfast.tcp.congestion.CongestionControl;
import io.holdfast.tcp.congestion.CongestionControls;
import io.holdfast.util.Deadline;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;

/**
 * A bulk sender, a path (rate, delay, drop-tail queue, random loss) and a receiver that reports SACK, D-SACK and echoes
 * timestamps, as discrete events in virtual time. The goodput tells whether recovery and congestion control live together.
 */
final class PathSimulation {
    private static final int MSS = 1448;
    private static final int FRAME_BYTES = 1514;
    /** The receiver's window, 2 MiB: without SACK it is what keeps recovery from filling the queue with new data. */
    private static final long WINDOW_BYTES = 1_448L * MSS;
    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000 * MS;

    private static final class Event {
        long atNs;
        long order;
        boolean toReceiver;
        long start;
        long end;
        int stamp;
        final AckEvent ack = new AckEvent();
    }

    private final long serviceNs;
    private final long delayNs;
    private final int queueFrames;
    private final double loss;
    private final double reorder;
    private final boolean sack;
    private final Random random;
    private final PriorityQueue<Event> events =
        new PriorityQueue<>(Comparator.<Event>comparingLong(e -> e.atNs).thenComparingLong(e -> e.order));

    private final RttEstimator rtt = new RttEstimator(200 * MS);
    final CongestionControl congestion;
    final LossRecovery recovery;
    private final TreeMap<Long, Long> held = new TreeMap<>();
    private long rcvNxt;
    private long sndNxt;
    private long sndUna;
    private long linkFreeNs;
    private long nowNs = SECOND;
    private long order;
    private int unacknowledged;
    private long longestPauseNs;

    PathSimulation(final String algorithm, final boolean sack, final double megabits, final double delayMs,
        final int queueFrames, final double loss, final double reorder, final long seed) {
        serviceNs = (long) (FRAME_BYTES * 8 / megabits * 1_000);
        delayNs = (long) (delayMs * MS);
        this.queueFrames = queueFrames;
        this.loss = loss;
        this.reorder = reorder;
        this.sack = sack;
        random = new Random(seed);
        congestion = CongestionControls.create(algorithm);
        recovery = new LossRecovery(congestion, rtt);
        recovery.onHandshakeRtt(2 * delayNs + 1_000, nowNs);
        recovery.onEstablished(MSS, sack, true, 0, nowNs);
    }

    /** Runs for a time; returns goodput as part of the link's rate. */
    double run(final double seconds) {
        final long begin = nowNs;
        final long finish = begin + (long) (seconds * SECOND);
        long lastProgress = begin;
        transmit();
        while (nowNs < finish) {
            final Event next = events.peek();
            final long deadline = recovery.deadlineNs();
            if (next == null && deadline == Deadline.NONE) {
                throw new AssertionError("stalled: nothing under way and no timer at " + nowNs);
            }
            if (next == null || deadline < next.atNs) {
                nowNs = Math.max(nowNs, deadline);
                recovery.onDeadline(nowNs);
                transmit();
                continue;
            }
            events.poll();
            nowNs = next.atNs;
            if (next.toReceiver) {
                final long before = rcvNxt;
                receive(next);
                if (rcvNxt > before) {
                    longestPauseNs = Math.max(longestPauseNs, nowNs - lastProgress);
                    lastProgress = nowNs;
                }
            } else if (next.ack.ack >= sndUna) {
                sndUna = next.ack.ack;
                next.ack.canSendNew = sndNxt + MSS <= sndUna + WINDOW_BYTES;
                recovery.onAck(next.ack, nowNs);
                transmit();
            }
        }
        longestPauseNs = Math.max(longestPauseNs, nowNs - lastProgress);
        final double full = (double) (finish - begin) / serviceNs * MSS;
        return rcvNxt / full;
    }

    double longestPauseSeconds() {
        return (double) longestPauseNs / SECOND;
    }

    private void transmit() {
        while (recovery.hasRetransmission()) {
            final long from = recovery.retransmitStart();
            final long to = recovery.retransmitEnd();
            put(from, to);
            recovery.onRetransmitted(from, to, stamp(), nowNs);
        }
        if (recovery.probeDue() && sndNxt + MSS <= sndUna + WINDOW_BYTES) {
            sendNew();
        } else if (recovery.probeDue()) {
            put(recovery.probeStart(), recovery.probeEnd());
            recovery.onRetransmitted(recovery.probeStart(), recovery.probeEnd(), stamp(), nowNs);
        }
        while (recovery.newSegmentQuota() > 0 && sndNxt + MSS <= sndUna + WINDOW_BYTES) {
            sendNew();
        }
        recovery.onTransmitIdle(recovery.newSegmentQuota() > 0, nowNs);
    }

    private void sendNew() {
        put(sndNxt, sndNxt + MSS);
        recovery.onSent(sndNxt, sndNxt + MSS, stamp(), nowNs);
        sndNxt += MSS;
    }

    private int stamp() {
        return (int) (nowNs / MS);
    }

    private void put(final long from, final long to) {
        for (long at = from; at < to; at += MSS) {
            final long backlog = Math.max(0, linkFreeNs - nowNs) / serviceNs;
            if (backlog >= queueFrames) {
                continue;
            }
            linkFreeNs = Math.max(linkFreeNs, nowNs) + serviceNs;
            if (random.nextDouble() < loss) {
                continue;
            }
            final Event event = new Event();
            event.toReceiver = true;
            event.start = at;
            event.end = Math.min(to, at + MSS);
            event.stamp = stamp();
            event.atNs = linkFreeNs + delayNs + (random.nextDouble() < reorder ? 3 * MS : 0);
            event.order = order++;
            events.add(event);
        }
    }

    private void receive(final Event data) {
        final boolean duplicate = data.end <= rcvNxt || covered(data.start, data.end);
        final boolean inOrder = data.start <= rcvNxt && data.end > rcvNxt && held.isEmpty();
        if (!duplicate) {
            hold(data.start, data.end);
        }
        unacknowledged++;
        if (inOrder && unacknowledged < 2) {
            // A delayed acknowledgement; the next segment brings it, or 40 ms do.
            acknowledge(data, false, nowNs + 40 * MS);
            return;
        }
        unacknowledged = 0;
        acknowledge(data, duplicate, nowNs);
    }

    private boolean covered(final long from, final long to) {
        final var entry = held.floorEntry(from);
        return entry != null && entry.getValue() >= to;
    }

    private void hold(final long from, final long to) {
        long start = from;
        long end = to;
        var entry = held.floorEntry(end);
        while (entry != null && entry.getValue() >= start) {
            start = Math.min(start, entry.getKey());
            end = Math.max(end, entry.getValue());
            held.remove(entry.getKey());
            entry = held.floorEntry(end);
        }
        if (start <= rcvNxt) {
            rcvNxt = Math.max(rcvNxt, end);
        } else {
            held.put(start, end);
        }
    }

    private void acknowledge(final Event data, final boolean duplicate, final long atNs) {
        final Event event = new Event();
        event.atNs = atNs + delayNs;
        event.order = order++;
        final AckEvent ack = event.ack;
        ack.ack = rcvNxt;
        ack.timestampEcho = true;
        ack.tsEcr = data.stamp;
        ack.tsEcrNs = data.stamp * MS;
        if (sack && duplicate) {
            ack.dsack = true;
            ack.dsackStart = data.start;
            ack.dsackEnd = data.end;
        }
        if (sack) {
            final var own = held.floorEntry(data.start);
            if (own != null && own.getValue() > data.start) {
                report(ack, own.getKey(), own.getValue());
            }
            for (final var entry : held.descendingMap().entrySet()) {
                if (ack.sackCount == 3) {
                    break;
                }
                if (ack.sackCount == 0 || ack.sackStart[0] != entry.getKey()) {
                    report(ack, entry.getKey(), entry.getValue());
                }
            }
        }
        events.add(event);
    }

    private static void report(final AckEvent ack, final long from, final long to) {
        ack.sackStart[ack.sackCount] = from;
        ack.sackEnd[ack.sackCount++] = to;
    }
}
