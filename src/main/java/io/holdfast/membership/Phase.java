package io.holdfast.membership;

/** What a primary is about, beyond its role. For operators. */
public enum Phase {
    /** Nothing special. */
    STEADY,
    /** The lease is over, or nobody may be told: nothing departs. */
    BLOCKED,
    /** The log cannot flow; the backup is being told that it is out. */
    DISMISSING,
    /** The backup is out, and policy says to wait for a new one. */
    WAITING_FOR_BACKUP,
    /** The witness was asked. */
    ASKING_WITNESS,
    /** A switchover: the backup's servers are to come near this host's first; nothing has changed. */
    PREPARING,
    /** A switchover: programs here write no more until the backup's have written as much; what they wrote departs. */
    HOLDING,
    /** A switchover: nothing departs, the log is flushed. */
    FLUSHING,
    /** A switchover: the backup was told that it may claim. */
    HANDING_OVER,
    /** A switchover: the backup was told that it may not any more, and has not confirmed. */
    CANCELLING
}
