package io.holdfast.counters;

/** Counters of TCP, with the names of RFC 4022 (tcp*) and of Linux's TcpExt where there is one; ids from 192. */
public enum TcpCounter implements CounterDescriptor {
    ACTIVE_OPENS("tcp.activeOpens", "Connections that went from CLOSED to SYN-SENT."),
    PASSIVE_OPENS("tcp.passiveOpens", "Connections that went from LISTEN to SYN-RECEIVED."),
    ATTEMPT_FAILS("tcp.attemptFails", "Connections that ended in the middle of their handshake."),
    ESTAB_RESETS("tcp.estabResets", "Connections that were reset in ESTABLISHED or CLOSE-WAIT."),
    CURR_ESTAB("tcp.currEstab", "Connections now in ESTABLISHED or CLOSE-WAIT."),
    IN_SEGS("tcp.inSegs", "Segments received, each of a coalesced frame counted."),
    OUT_SEGS("tcp.outSegs", "Segments sent, each of a super-segment counted; retransmissions not."),
    SYN_RETRANS("tcp.synRetrans", "SYNs and SYN-ACKs sent again; data sent again is counted by loss recovery."),
    IN_ERRS("tcp.inErrs", "Segments dropped as malformed or for their checksum."),
    OUT_RSTS("tcp.outRsts", "Resets sent."),
    DSACKS_SENT("tcp.dsacksSent", "Duplicate reports sent."),
    PAWS_DROPS("tcp.pawsDrops", "Segments dropped because of an old timestamp (RFC 7323 5)."),
    OUT_OF_WINDOW("tcp.outOfWindow", "Segments outside of the receive window."),
    CHALLENGE_ACKS("tcp.challengeAcks", "Challenge ACKs sent (RFC 5961)."),
    CHALLENGE_ACKS_LIMITED("tcp.challengeAcksLimited", "Challenge and out-of-window ACKs not sent because of a rate limit."),
    ZERO_WINDOW_DROPS("tcp.zeroWindowDrops", "Data dropped because the window was closed."),
    MEMORY_DROPS("tcp.memoryDrops", "Data dropped because the stack's buffer memory was used up."),
    OUT_OF_ORDER("tcp.outOfOrder", "Segments that arrived ahead of a gap."),
    OUT_OF_ORDER_LIMIT("tcp.outOfOrderLimit", "Segments dropped because a connection held too many separate ranges."),
    DUPLICATE_DATA("tcp.duplicateData", "Segments that held only data received before."),
    ACK_UNSENT_DATA("tcp.ackUnsentData", "Acknowledgements of data never sent; dropped."),
    ACK_INHERITED("tcp.ackInherited", "Acknowledgements of data that the previous host sent; taken over."),
    NO_ACK_FLAG("tcp.noAckFlag", "Segments without ACK in a state that needs it; dropped."),
    LISTEN_OVERFLOWS("tcp.listenOverflows", "Handshakes not completed, or SYNs dropped, because the accept queue was full."),
    LISTEN_DROPS("tcp.listenDrops", "SYNs dropped for any reason."),
    SYN_COOKIES_SENT("tcp.synCookiesSent", "SYN-ACKs that carried a cookie."),
    SYN_COOKIES_RECEIVED("tcp.synCookiesReceived", "Valid cookies that came back."),
    SYN_COOKIES_FAILED("tcp.synCookiesFailed", "ACKs that were no valid cookie."),
    DELAYED_ACKS("tcp.delayedAcks", "ACKs sent by the delayed-ACK timer."),
    KEEPALIVE_PROBES("tcp.keepAliveProbes", "Keepalive probes sent."),
    WINDOW_PROBES("tcp.windowProbes", "Zero-window probes sent."),
    ABORT_ON_DATA("tcp.abortOnData", "Connections reset because data came after close."),
    ABORT_ON_CLOSE("tcp.abortOnClose", "Connections reset because they were closed with unread data."),
    ABORT_ON_LINGER("tcp.abortOnLinger", "Connections reset by close with linger 0."),
    ABORT_ON_TIMEOUT("tcp.abortOnTimeout", "Connections given up after too many retransmissions or probes."),
    TIME_WAIT_RECYCLED("tcp.timeWaitRecycled", "TIME_WAITs ended early by a new SYN (RFC 6191)."),
    TIME_WAITS("tcp.timeWaits", "Connections that entered TIME_WAIT."),
    PMTU_REDUCED("tcp.pmtuReduced", "Times a path MTU below the MSS in use was learnt."),
    BLACK_HOLES("tcp.blackHoles", "Times large segments vanished without ICMP and the MSS was lowered."),
    TABLE_FULL("tcp.tableFull", "Connections refused because the table was full."),
    INHERITANCE_BROKEN("tcp.inheritanceBroken",
        "Connections reset after a takeover because the application did not write again "
        + "the bytes that the peer may have."),
    ORPHANS("tcp.orphans", "Connections now that their programs have closed, and whose peers have yet to acknowledge written data."),
    ABORT_ON_MEMORY("tcp.abortOnMemory", "Connections reset when they were closed, because there were too many orphans."),
    ORPHANS_GIVEN_UP("tcp.orphansGivenUp", "Orphans given up whose peers kept their windows closed."),
    ACK_DOUBTED("tcp.ackDoubted", "Acknowledgements of data that the previous host may have sent, not taken over: only heard while that "
        + "host led, without an exact sequence number, or beyond the log's limit; the peer was asked.");

    private static final int FIRST_ID = 192;
    private final String label;
    private final String meaning;

    TcpCounter(final String label, final String meaning) {
        this.label = label;
        this.meaning = meaning;
    }

    @Override
    public int id() {
        return FIRST_ID + ordinal();
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public String meaning() {
        return meaning;
    }
}
