package io.holdfast.tcp;

import io.holdfast.util.Seq;
import io.holdfast.wire.TcpSegment;

/**
 * The control block of one connection: plain data in groups, which behaviour stands beside and a snapshot can carry
 * elsewhere ({@link TcbSnapshot}). Positions are 64-bit stream offsets: 0 is the first byte of data, the SYN is -1, a
 * FIN is the offset after the last byte.
 */
final class Tcb {
    /** An offset that is not known yet: after every offset there is. */
    static final long NO_OFFSET = Long.MAX_VALUE;

    /** A SYN's offset, in either direction. */
    static final long SYN_OFFSET = -1;

    // --- identity ---

    final ConnectionId id;
    TcpState state = TcpState.CLOSED;

    // --- send sequence space (RFC 9293 3.3.1) ---

    int iss;
    /** First offset not acknowledged. */
    long sndUna = SYN_OFFSET;
    /** Next offset to send for the first time; retransmission never moves it. */
    long sndNxt = SYN_OFFSET;
    /** Peer's window in bytes, from {@link #sndUna}. */
    long sndWnd;
    /** Offsets of the segment that gave {@link #sndWnd}: its sequence (peer's stream) and acknowledgement. */
    long sndWl1;
    long sndWl2;
    /** Largest window the peer ever offered. */
    long maxSndWnd;
    int sndWindowShift;
    /** Where the application closed its side: the FIN's offset. */
    long sndFin = NO_OFFSET;
    /**
     * After a takeover: the host before this one may have sent up to here (excluded), so that an acknowledgement of it is no
     * forgery, although this host has not sent it. {@link #SYN_OFFSET} if there was none.
     */
    long sndInherited = SYN_OFFSET;
    /** The peer has acknowledged up to here what this side's application has not written again yet. */
    long sndSwallow = SYN_OFFSET;
    /** End of the last segment sent that was smaller than the MSS (Nagle with Minshall's rule). */
    long sndSmall = SYN_OFFSET;

    // --- receive sequence space ---

    int irs;
    /** Next offset expected. */
    long rcvNxt = SYN_OFFSET;
    /** {@link #rcvNxt} when the window was last told. */
    long rcvWup = SYN_OFFSET;
    /** Window last told, in bytes from {@link #rcvWup}. */
    long rcvWnd;
    /** Highest right edge ever told; never goes back. */
    long rcvEdge;
    int rcvWindowShift;
    /** The peer's FIN's offset, once seen (maybe ahead of a gap). */
    long rcvFin = NO_OFFSET;

    // --- options ---

    /** What the peer's SYN said, or the default. */
    int peerMss = 536;
    /** What this side's SYN said. */
    int advMss;
    boolean windowScaling;
    boolean sack;
    boolean timestamps;
    /** Added to the clock to make TSval; the same for all connections between two hosts, replicated. */
    int tsOffset;
    int tsRecent;
    /** When {@link #tsRecent} was taken, for its expiry after 24 days. */
    long tsRecentNs;
    /** After a takeover: echoes of timestamps before this one measure the takeover, not the path. */
    int tsFloor;
    boolean tsFloorSet;
    /** Acknowledgement last sent, for RFC 7323's rule which timestamp to take. */
    long lastAckSent = SYN_OFFSET;

    // --- the application ---

    /** The application closed: nobody reads or writes any more. */
    boolean orphaned;
    boolean readShut;

    Tcb(final ConnectionId id) {
        this.id = id;
    }

    /** The sequence number of an offset of this side's stream. */
    int seqOf(final long sndOffset) {
        return iss + 1 + (int) sndOffset;
    }

    /** The acknowledgement number of an offset of the peer's stream. */
    int ackOf(final long rcvOffset) {
        return irs + 1 + (int) rcvOffset;
    }

    /** The offset that an acknowledgement number means. */
    long sndOffset(final int ack) {
        return Seq.unwrap(ack, iss + 1, sndUna);
    }

    /** The offset that a sequence number of the peer means. */
    long rcvOffset(final int seq) {
        return Seq.unwrap(seq, irs + 1, rcvNxt);
    }

    /** First offset that the peer has no window for. */
    long sndWindowEnd() {
        return sndUna + sndWnd;
    }

    /** Bytes that the peer may still send, from {@link #rcvNxt} (never negative). */
    long receiveWindow() {
        return Math.max(0, rcvWup + rcvWnd - rcvNxt);
    }

    /** The echo in this segment is of a timestamp of this host. */
    boolean echoes(final TcpSegment segment) {
        return timestamps && segment.timestamps && segment.tsEcr != 0 && (!tsFloorSet || segment.tsEcr - tsFloor >= 0);
    }

    boolean finSent() {
        return sndNxt > sndFin;
    }

    boolean finAcknowledged() {
        return sndUna > sndFin;
    }

    boolean finReceived() {
        return rcvNxt > rcvFin;
    }

    /** TSval at that time: milliseconds, shifted by the offset. */
    int tsVal(final long nowNs) {
        return (int) (nowNs / 1_000_000) + tsOffset;
    }

    /** When a timestamp of ours was sent, by this host's clock; within a millisecond. */
    long tsValTime(final int tsVal, final long nowNs) {
        final int ageMs = tsVal(nowNs) - tsVal;
        return nowNs - ageMs * 1_000_000L;
    }
}
