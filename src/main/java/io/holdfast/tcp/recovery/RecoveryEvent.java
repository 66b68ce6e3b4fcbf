package io.holdfast.tcp.recovery;

/**
 * Events that loss recovery reports for counting; labels are Linux's names ({@code nstat -z}, group TcpExt where it has them).
 */
public enum RecoveryEvent {
    RETRANS_SEGS("TcpRetransSegs", "Segments sent again"),
    TIMEOUTS("TcpExtTCPTimeouts", "Retransmission timeouts"),
    FAST_RETRANS("TcpExtTCPFastRetrans", "Segments sent again in fast recovery"),
    SLOW_START_RETRANS("TcpExtTCPSlowStartRetrans", "Segments sent again after a timeout"),
    LOST_RETRANSMIT("TcpExtTCPLostRetransmit", "Retransmissions that were lost too"),
    LOSS_PROBES("TcpExtTCPLossProbes", "Tail loss probes sent"),
    LOSS_PROBE_RECOVERY("TcpExtTCPLossProbeRecovery", "Losses repaired by a tail loss probe alone"),
    SACK_RECOVERY("TcpExtTCPSackRecovery", "Fast recoveries with a peer that reports SACK"),
    RENO_RECOVERY("TcpExtTCPRenoRecovery", "Fast recoveries with a peer without SACK"),
    SACK_REORDER("TcpExtTCPSACKReorder", "Reordering seen through SACK or a late acknowledgement"),
    RENO_REORDER("TcpExtTCPRenoReorder", "Reordering seen through surplus duplicate acknowledgements"),
    TS_REORDER("TcpExtTCPTSReorder", "Reordering seen through a timestamp older than the retransmission"),
    FULL_UNDO("TcpExtTCPFullUndo", "Fast recoveries undone at their end"),
    PARTIAL_UNDO("TcpExtTCPPartialUndo", "Fast recoveries undone at a partial acknowledgement"),
    DSACK_UNDO("TcpExtTCPDSACKUndo", "Window reductions undone because D-SACK showed every retransmission needless"),
    LOSS_UNDO("TcpExtTCPLossUndo", "Timeouts undone"),
    SPURIOUS_RTOS("TcpExtTCPSpuriousRTOs", "Timeouts that F-RTO showed to be spurious"),
    DSACK_RECEIVED("TcpExtTCPDSACKRecv", "D-SACKs received for data below the acknowledgement"),
    DSACK_OFO_RECEIVED("TcpExtTCPDSACKOfoRecv", "D-SACKs received for data above the acknowledgement"),
    DSACK_RECEIVED_SEGS("TcpExtTCPDSACKRecvSegs", "Segments that D-SACKs reported"),
    DSACK_IGNORED_DUBIOUS("TcpExtTCPDSACKIgnoredDubious", "D-SACKs for more than was ever sent again"),
    SACK_DISCARDED("TcpExtTCPSACKDiscard", "SACK ranges outside of the data in flight"),
    SACK_RENEGING("TcpExtTCPSACKReneging", "Timeouts at which the peer had dropped data it had reported"),
    SCOREBOARD_LIMIT("HoldfastScoreboardLimit", "Records of transmissions not split because there were too many");

    private final String label;
    private final String meaning;

    RecoveryEvent(final String label, final String meaning) {
        this.label = label;
        this.meaning = meaning;
    }

    public String label() {
        return label;
    }

    public String meaning() {
        return meaning;
    }
}
