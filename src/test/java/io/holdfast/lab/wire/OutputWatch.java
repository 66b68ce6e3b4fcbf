package io.holdfast.lab.wire;

import java.util.HashMap;
import java.util.Map;

/**
 * Holds what leaves a host against what the other has acknowledged to have stored, at the moment when it leaves: O1, and
 * those parts of O2 to O4 that the log decides. What left while a host had no backup is the mark from where a later backup
 * counts.
 */
final class OutputWatch {
    private final Violations violations;
    private final Map<StoredLog.Peer, Spoken> spoken = new HashMap<>();
    private long segments;
    private long protectedSegments;
    private long answeredUnstored;

    /** Output on a connection, of either host; offsets are those of the streams. */
    private static final class Spoken {
        private final int iss;
        private final int irs;
        private final int scale;
        private long sent;
        private long acknowledged;
        /** The same, said while nothing had to wait. */
        private long freeSent;
        private long freeAcknowledged;
        private long freeEdge;
        private boolean freeFin;

        Spoken(final Segment synAck) {
            iss = synAck.seq;
            irs = synAck.ack - 1;
            scale = Math.max(0, synAck.windowScale);
            freeEdge = synAck.window;
        }

        long sentOffset(final int seq) {
            return sent + (seq - (int) (iss + 1 + sent));
        }

        long acknowledgedOffset(final int ack) {
            return acknowledged + (ack - (int) (irs + 1 + acknowledged));
        }
    }

    OutputWatch(final Violations violations) {
        this.violations = violations;
    }

    long segments() {
        return segments;
    }

    long protectedSegments() {
        return protectedSegments;
    }

    /** SYN-ACKs that left before the connection was stored: cookies, or a fault of H1. */
    long answeredUnstored() {
        return answeredUnstored;
    }

    void onSegment(final Segment segment, final Host from) {
        segments++;
        protectedSegments += from.isProtected() ? 1 : 0;
        final StoredLog.Peer peer =
            new StoredLog.Peer(segment.destinationIp, segment.destinationPort, segment.sourcePort);
        final StoredConnection stored = from.isProtected() ? from.log().at(peer) : null;
        if (segment.has(Segment.SYN)) {
            answer(segment, peer);
            answeredUnstored += from.isProtected() && stored == null ? 1 : 0;
            return;
        }
        final Spoken known = spoken.get(peer);
        if (known == null) {
            return; // refused, or from before the capture
        }
        if (from.isProtected()) {
            new Check(segment, known, stored == null ? new StoredConnection() : stored, name(peer), from).run();
        }
        note(segment, known, from.isProtected());
    }

    private void answer(final Segment segment, final StoredLog.Peer peer) {
        final Spoken before = spoken.get(peer);
        if (before == null || before.iss != segment.seq || before.irs != segment.ack - 1) {
            spoken.put(peer, new Spoken(segment));
        }
    }

    private static void note(final Segment segment, final Spoken known, final boolean isProtected) {
        if (segment.has(Segment.RST)) {
            return;
        }
        final long end = known.sentOffset(segment.seq) + segment.payloadLength;
        final long ack = known.acknowledgedOffset(segment.ack);
        known.sent = Math.max(known.sent, end);
        known.acknowledged = Math.max(known.acknowledged, ack);
        if (!isProtected) {
            known.freeSent = Math.max(known.freeSent, end);
            known.freeAcknowledged = Math.max(known.freeAcknowledged, ack);
            known.freeEdge = Math.max(known.freeEdge, ack + ((long) segment.window << known.scale));
            known.freeFin |= segment.has(Segment.FIN);
        }
    }

    private static String name(final StoredLog.Peer peer) {
        return Expectation.text(peer.ip()) + ":" + peer.port() + " to " + peer.serverPort();
    }

    /** Output of one segment. */
    private final class Check {
        private final Segment segment;
        private final Spoken known;
        private final StoredConnection stored;
        private final String connection;
        private final Host from;

        Check(final Segment segment, final Spoken known, final StoredConnection stored, final String connection,
            final Host from) {
            this.segment = segment;
            this.known = known;
            this.stored = stored;
            this.connection = connection;
            this.from = from;
        }

        void run() {
            if (segment.has(Segment.RST)) {
                if (!stored.mayReset()) {
                    broken(Rule.O4, "a reset, and no abort is stored");
                }
                return;
            }
            acknowledgement();
            final long end = known.sentOffset(segment.seq) + segment.payloadLength;
            if (segment.payloadLength > 0 && stored.hasProgress() && end > Math.max(stored.sendLimit(), known.freeSent)) {
                broken(Rule.O2, "it sends " + (end - stored.sendLimit()) + " bytes beyond what the stored log allows");
            }
            if (segment.has(Segment.FIN) && !stored.hasServerFin(end) && !known.freeFin) {
                broken(Rule.O4, "a FIN, and no close at " + end + " is stored");
            }
        }

        private void acknowledgement() {
            final long ack = known.acknowledgedOffset(segment.ack);
            final long allowed = Math.max(stored.acknowledgeable(), known.freeAcknowledged);
            if (ack > allowed) {
                broken(Rule.O1, "it acknowledges up to " + ack + ", " + (ack - allowed) + " bytes more than are stored");
            }
            for (int i = 0; i + 1 < segment.sack.length; i += 2) {
                final long left = known.acknowledgedOffset(segment.sack[i]);
                final long right = known.acknowledgedOffset(segment.sack[i + 1]);
                if (!stored.hasInput(left, right)) {
                    broken(Rule.O1, "it acknowledges " + left + " to " + right + " selectively, which is not stored");
                }
            }
            final long edge = ack + ((long) segment.window << known.scale);
            // The window counts in units, and is rounded up so that its edge does not go back.
            final long rounding = (1L << known.scale) - 1;
            if (stored.hasProgress() && edge > Math.max(stored.edgeLimit(), known.freeEdge) + rounding) {
                broken(Rule.O3, "the window's edge is " + (edge - stored.edgeLimit()) + " bytes beyond the stored limit");
            }
        }

        private void broken(final Rule rule, final String text) {
            violations.add(rule, segment.timeNs, connection, text + " (host " + from.name() + ")");
        }
    }
}
