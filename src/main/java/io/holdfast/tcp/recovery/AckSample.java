package io.holdfast.tcp.recovery;

/** Findings about the acknowledgement being handled. Reset for each acknowledgement. */
final class AckSample {
    static final int DATA = 1;
    static final int WINDOW = 1 << 1;
    static final int ACKED = 1 << 2;
    static final int RETRANS_ACKED = 1 << 3;
    static final int SACKED = 1 << 4;
    static final int LOST_RETRANS = 1 << 5;
    /** Data never sent again, from before the state began, was delivered: no loss of all. */
    static final int ORIG_DELIVERED = 1 << 6;
    static final int UNA_ADVANCED = 1 << 7;
    static final int DSACK = 1 << 8;
    static final int SET_TIMER = 1 << 9;
    static final int RENEGING = 1 << 10;
    static final int MAYBE_DELAYED = 1 << 11;
    static final int DSACK_OF_PROBE = 1 << 12;
    static final int NOT_DUPLICATE = DATA | WINDOW | ACKED;
    static final int PROGRESS = ACKED | SACKED;

    int flags;
    long nowNs;
    long priorUna;
    /** Highest SACKed before this acknowledgement. */
    long priorFack;
    int priorSacked;
    /** Lowest offset of data that arrived after later data, though never sent again. */
    long reordered;
    /** Send times of the first and last never retransmitted segments that were newly SACKed; NONE without. */
    long firstSackedNs;
    long lastSackedNs;
    int sackDelivered;
    /** Delivery rate sample: segments delivered when the latest sent of those delivered now was sent; 0 without. */
    long priorDelivered;
    long rateSentNs;
    long rateEnd;
    /** RTT of the last segment delivered, or -1. */
    long rttUs;
    boolean echoed;
    int echo;
    long echoSentNs;

    void reset(final AckEvent event, final SenderState state, final Scoreboard board, final long now) {
        flags = (event.carriesData ? DATA : 0) | (event.windowChanged ? WINDOW : 0);
        nowNs = now;
        priorUna = state.sndUna;
        priorFack = state.sack ? state.fack(board) : state.sndUna;
        priorSacked = board.sackedOut;
        reordered = state.sndNxt;
        firstSackedNs = SenderState.NONE;
        lastSackedNs = SenderState.NONE;
        sackDelivered = 0;
        priorDelivered = 0;
        rateSentNs = SenderState.NONE;
        rateEnd = 0;
        rttUs = -1;
        echoed = event.timestampEcho;
        echo = event.tsEcr;
        echoSentNs = event.tsEcrNs;
    }

    boolean has(final int flag) {
        return (flags & flag) != 0;
    }

    /** The echo is of a segment sent before the one stamped {@code stamp} (RFC 3522). */
    boolean echoBefore(final int stamp) {
        return echoed && echo - stamp < 0;
    }

    /** A record was delivered: if it is the latest sent of them, it is what the delivery rate is measured from. */
    void rate(final Scoreboard board, final int slot) {
        final long then = board.deliveredAtSend[slot];
        if (then == 0) {
            return;
        }
        if (priorDelivered == 0 || Rack.sentAfter(board.sentNs[slot], rateSentNs, board.end[slot], rateEnd)) {
            priorDelivered = then;
            rateSentNs = board.sentNs[slot];
            rateEnd = board.end[slot];
        }
    }
}
