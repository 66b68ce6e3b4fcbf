package io.holdfast.lab.wire;

/**
 * One connection of a client with the protected address. Sequence numbers are carried as 64-bit ones that do not wrap:
 * the 32-bit number plus a multiple of 2^32.
 */
final class Conversation {
    private static final long UNKNOWN = -1;
    private static final long BASE = 1L << 32;
    private static final int MAX_SCALE = 14;
    /** So much later may arrive what was sent before: one host's frames pass through queues of several processors. */
    private static final long OVERTAKING_NS = 20_000_000;

    final String name;
    private final Violations violations;
    private final boolean headersOnly;
    private final SentBytes sent = new SentBytes();

    // the client's side
    private long clientMax = UNKNOWN;
    private boolean clientSyn;
    private int clientScale = -1;
    private boolean clientTimestamps;
    private boolean clientFin;
    /** End of its data, its FIN not counted. */
    private long clientDataMax = UNKNOWN;
    private int clientIss;

    // the server's side
    private long serverMax = UNKNOWN;
    private int serverIss;
    private boolean synAcked;
    private int scale = -1;
    private boolean timestamps;
    private boolean anyTsVal;
    private int tsVal;
    private long newestNs;
    private long ackMax = UNKNOWN;
    private long edge = UNKNOWN;
    private long fin = UNKNOWN;
    /** Position that the server acknowledged with its first FIN. */
    private long finAck = UNKNOWN;
    private boolean reset;
    private Source lastSource;
    /** The switch whose first segments have been noted; a connection younger than a switch has no part in it. */
    private SwitchWatch spokenAfter;
    private SwitchWatch serverSpokenAfter;

    // totals
    long serverBytes;
    long clientBytes;
    long serverRetransmitted;
    long serverRetransmissions;
    long clientRetransmissions;
    long serverDuplicateAcks;
    int lateResets;
    long overtaken;

    /** @param latest the last switch before it began; null if there was none */
    Conversation(final String name, final Violations violations, final boolean headersOnly, final SwitchWatch latest) {
        this.name = name;
        this.violations = violations;
        this.headersOnly = headersOnly;
        this.spokenAfter = latest;
        this.serverSpokenAfter = latest;
    }

    /** Returns whether this segment is the first of another connection between the same ports. */
    boolean isSucceededBy(final Segment syn) {
        return syn.has(Segment.SYN) && !syn.has(Segment.ACK) && clientMax != UNKNOWN
            && (!clientSyn || syn.seq != clientIss);
    }

    boolean isHandshakeKnown() {
        return clientSyn && synAcked;
    }

    // --- what the client says: taken as it is, to know what the server may say ---

    void onClient(final Segment segment, final SwitchWatch latest) {
        noteFirst(segment, latest, false);
        final long start = clientMax == UNKNOWN ? BASE + (segment.seq & 0xFFFF_FFFFL) : near(segment.seq, clientMax);
        final long end = start + segment.length();
        if (segment.has(Segment.SYN)) {
            clientSyn = true;
            clientIss = segment.seq;
            clientScale = segment.windowScale;
            clientTimestamps = segment.hasTimestamps;
        }
        if (segment.has(Segment.RST)) {
            reset = true;
            return;
        }
        clientFin |= segment.has(Segment.FIN);
        if (clientMax != UNKNOWN && segment.length() > 0 && start < clientMax) {
            clientRetransmissions++;
        }
        final long from = clientMax == UNKNOWN ? start : Math.max(start, clientMax);
        clientBytes += Math.max(0, Math.min(end, start + segment.payloadLength) - from);
        clientMax = Math.max(clientMax, end);
        clientDataMax = Math.max(clientDataMax, end - (segment.has(Segment.FIN) ? 1 : 0));
        if (segment.has(Segment.ACK) && serverMax != UNKNOWN && near(segment.ack, serverMax) > serverMax) {
            violations.add(Rule.CAPTURE, segment.timeNs, name, "the client acknowledges "
                + (near(segment.ack, serverMax) - serverMax) + " bytes of the server that were not captured");
            serverMax = near(segment.ack, serverMax);
        }
    }

    // --- what the server says ---

    void onServer(final Segment segment, final SwitchWatch latest) {
        noteFirst(segment, latest, true);
        if (isOvertaken(segment)) {
            overtaken++;
            onLate(segment);
            return;
        }
        if (segment.has(Segment.RST)) {
            if (mayReset()) {
                lateResets++;
            } else if (synAcked || !clientSyn) {
                broken(Rule.O4, segment, "a reset");
            }
            reset = true;
            return;
        }
        if (segment.has(Segment.SYN)) {
            handshake(segment);
        }
        final long before = serverMax;
        final long edgeBefore = edge;
        final long ackBefore = ackMax;
        sequence(segment);
        if (segment.has(Segment.ACK)) {
            acknowledgement(segment);
        }
        timestamp(segment);
        if (segment.length() == 0 && segment.sack.length == 0 && before == serverMax && edgeBefore == edge
            && ackBefore == ackMax) {
            serverDuplicateAcks++;
        }
        lastSource = segment.source;
    }

    /** Was it sent before what the same host sent that has arrived already? */
    private boolean isOvertaken(final Segment segment) {
        return anyTsVal && segment.hasTimestamps && segment.tsVal - tsVal < 0 && segment.source.equals(lastSource)
            && segment.timeNs - newestNs <= OVERTAKING_NS;
    }

    /**
     * A segment out of its time, by a host that has lost the address since or in a frame that was overtaken: its bytes must
     * be the same, what it says besides is out of date.
     */
    void onLate(final Segment segment) {
        if (serverMax != UNKNOWN && !segment.has(Segment.SYN) && !segment.has(Segment.RST)) {
            final long start = near(segment.seq, serverMax);
            payload(segment, start);
            // The client has it, and may acknowledge it.
            serverMax = Math.max(serverMax, start + segment.payloadLength);
        }
    }

    /**
     * A server that closes while there is data which it has not read says so with a reset (RFC 9293 3.6.1, RFC 1122
     * 4.2.2.13), as any server does: after the client's FIN, or after its own if the client sent more. A reset that
     * answers a repeated FIN is none of these.
     */
    private boolean mayReset() {
        return fin == UNKNOWN ? clientFin : clientDataMax > finAck;
    }

    private void handshake(final Segment segment) {
        if (synAcked && segment.seq != serverIss) {
            broken(Rule.O2, segment, "a second SYN with another sequence number");
        }
        synAcked = true;
        serverIss = segment.seq;
        final boolean scaled = clientScale >= 0 && segment.windowScale >= 0;
        scale = scaled ? Math.min(MAX_SCALE, segment.windowScale) : 0;
        timestamps = clientTimestamps && segment.hasTimestamps;
    }

    private void sequence(final Segment segment) {
        final long start = serverMax == UNKNOWN ? BASE + (segment.seq & 0xFFFF_FFFFL) : near(segment.seq, serverMax);
        final long dataStart = start + (segment.has(Segment.SYN) ? 1 : 0);
        final long dataEnd = dataStart + segment.payloadLength;
        if (fin != UNKNOWN && segment.has(Segment.FIN) && dataEnd != fin) {
            broken(Rule.O4, segment, "the FIN has moved by " + (dataEnd - fin));
        } else if (fin != UNKNOWN && segment.payloadLength > 0 && dataEnd > fin) {
            broken(Rule.O4, segment, "data beyond the FIN");
        } else if (segment.has(Segment.FIN) && fin == UNKNOWN) {
            if (serverMax != UNKNOWN && dataEnd < serverMax) {
                broken(Rule.O4, segment, "a FIN before " + (serverMax - dataEnd) + " bytes that were sent already");
            }
            fin = dataEnd;
            finAck = clientMax == UNKNOWN ? UNKNOWN : near(segment.ack, clientMax);
        }
        payload(segment, dataStart);
        final long end = start + segment.length();
        if (serverMax != UNKNOWN && segment.length() > 0 && start < serverMax) {
            serverRetransmissions++;
            serverRetransmitted += Math.max(0, Math.min(dataEnd, serverMax) - dataStart);
        }
        final long from = serverMax == UNKNOWN ? dataStart : Math.max(dataStart, serverMax);
        serverBytes += Math.max(0, dataEnd - from);
        serverMax = Math.max(serverMax, end);
    }

    private void payload(final Segment segment, final long offset) {
        if (headersOnly || segment.payloadLength == 0) {
            return;
        }
        final SentBytes.Outcome outcome =
            sent.add(offset, segment.data, segment.payloadOffset, segment.capturedPayload);
        if (outcome.differsAt() >= 0) {
            broken(Rule.O2, segment,
                "another value at offset " + (outcome.differsAt() - BASE - (serverIss & 0xFFFF_FFFFL) - 1));
        }
        if (segment.capturedPayload < segment.payloadLength) {
            violations.add(Rule.CAPTURE, segment.timeNs, name,
                (segment.payloadLength - segment.capturedPayload) + " bytes of payload were not kept");
        }
    }

    private void acknowledgement(final Segment segment) {
        final long ack = ackMax == UNKNOWN
            ? clientMax == UNKNOWN ? BASE + (segment.ack & 0xFFFF_FFFFL) : near(segment.ack, clientMax)
            : near(segment.ack, ackMax);
        if (ackMax != UNKNOWN && ack < ackMax) {
            final boolean otherHost = !segment.source.equals(lastSource);
            broken(otherHost ? Rule.O1 : Rule.O4, segment, "the acknowledgement goes back by " + (ackMax - ack)
                + (otherHost ? ": the new host lacks what " + lastSource + " acknowledged" : ""));
        }
        if (clientMax != UNKNOWN && ack > clientMax) {
            broken(Rule.O4, segment, "it acknowledges " + (ack - clientMax) + " bytes that the client has not sent");
        }
        selective(segment);
        ackMax = Math.max(ackMax, ack);
        if (scale >= 0) {
            final long right = ack + ((long) segment.window << (segment.has(Segment.SYN) ? 0 : scale));
            if (edge != UNKNOWN && right < edge) {
                broken(Rule.O3, segment, "the window's right edge goes back by " + (edge - right) + from(segment));
            }
            edge = Math.max(edge, right);
        }
    }

    private void selective(final Segment segment) {
        for (int i = 0; i + 1 < segment.sack.length && clientMax != UNKNOWN; i += 2) {
            final long left = near(segment.sack[i], clientMax);
            final long right = near(segment.sack[i + 1], clientMax);
            if (left >= right || right > clientMax) {
                broken(Rule.O4, segment, "a SACK range that the client has not sent");
            }
        }
    }

    private void timestamp(final Segment segment) {
        if (!segment.hasTimestamps) {
            if (timestamps) {
                broken(Rule.O3, segment, "no timestamp, though they were agreed on");
            }
            return;
        }
        if (anyTsVal && segment.tsVal - tsVal < 0) {
            broken(Rule.O3, segment, "the timestamp goes back by " + (tsVal - segment.tsVal) + from(segment));
            return;
        }
        if (!anyTsVal || segment.tsVal != tsVal) {
            newestNs = segment.timeNs;
        }
        anyTsVal = true;
        tsVal = segment.tsVal;
    }

    private String from(final Segment segment) {
        return segment.source.equals(lastSource) ? "" : ", from " + lastSource + " to " + segment.source;
    }

    private void broken(final Rule rule, final Segment segment, final String text) {
        violations.add(rule, segment.timeNs, name, text);
    }

    /** A connection that was open at the switch takes part in the question of who spoke first after it. */
    private void noteFirst(final Segment segment, final SwitchWatch latest, final boolean byServer) {
        final boolean open = clientMax != UNKNOWN && !reset && !(clientFin && fin != UNKNOWN);
        if (latest == null || !open) {
            return;
        }
        if (spokenAfter != latest) {
            spokenAfter = latest;
            latest.onFirst(byServer);
        }
        if (byServer && serverSpokenAfter != latest) {
            serverSpokenAfter = latest;
            latest.onFirstOfServer(segment.timeNs);
        }
    }

    private static long near(final int number, final long reference) {
        return reference + (number - (int) reference);
    }
}
