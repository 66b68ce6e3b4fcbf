package io.holdfast.tcp.recovery;

/** The sender's loss recovery as plain data, in groups; behaviour stands beside it. Offsets are stream offsets. */
final class SenderState {
    static final long NONE = -1;
    /** Duplicate acknowledgements that mean loss while no reordering was seen (RFC 5681 3.2). */
    static final int DUP_THRESH = 3;
    static final int MAX_REORDERING = 300;

    // Connection.
    int mss;
    boolean sack;
    int initialWindow = 10;
    boolean slowStartAfterIdle = true;
    RecoveryListener listener = RecoveryListener.NONE;

    // Sequence.
    long sndUna;
    long sndNxt;

    // State machine.
    RecoveryState state = RecoveryState.OPEN;
    /** {@link #sndNxt} when the state was entered: it ends when this is acknowledged. */
    long highSeq;
    /** Segments delivered, cumulatively or by SACK; starts at 1 for the handshake, so that 0 can mean "none". */
    long delivered = 1;
    int totalRetransmitted;
    long duplicatesReported;

    // Undo.
    /** {@link #sndUna} at the reduction that may be undone, {@link #NONE} if there is none. */
    long undoMarker = NONE;
    /** Retransmissions since then that no D-SACK has reported; -1 before the first. */
    int undoRetrans;
    /** Timestamp of the first retransmission of this episode. */
    int retransStamp;
    boolean retransStamped;
    /** Threshold that an undo restores; 0 if there is no undo. */
    int priorSsthresh;
    int priorCwnd;

    // PRR.
    int prrDelivered;
    int prrOut;

    // Reordering.
    int reordering = DUP_THRESH;
    boolean reorderingSeen;
    /** End of the highest range SACKed; valid while something is. */
    long highestSack;

    // RACK.
    long rackSentNs;
    long rackEnd;
    long rackRttNs;
    boolean rackAdvanced;
    boolean rackDsackSeen;
    int rackSteps = 1;
    int rackPersist;
    long rackLastDelivered;

    // F-RTO and TLP.
    boolean frto;
    /** {@link #sndNxt} when the probe left; {@link #NONE} if none is out. */
    long tlpHighSeq = NONE;
    boolean tlpRetransmitted;

    // Timeouts.
    /** Timeouts since {@link #sndUna} moved (icsk_retransmits). */
    int timeouts;

    // Use of the window.
    boolean cwndLimited;
    int maxPacketsOut;
    long usageSeq;
    int cwndUsed;
    long cwndStampNs;
    long lastSentNs;

    /** Linux's tcp_highest_sack_seq: all records below were sent before a SACKed one. */
    long fack(final Scoreboard board) {
        return board.sackedOut == 0 ? sndUna : Math.max(highestSack, sndUna);
    }

    boolean reducing() {
        return state == RecoveryState.CWR || state == RecoveryState.RECOVERY;
    }

    void count(final RecoveryEvent event, final int segments) {
        if (segments > 0) {
            listener.onRecoveryEvent(event, segments);
        }
    }
}
