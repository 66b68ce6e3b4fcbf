package io.holdfast.replication.log;

/** Where a {@link LogSender} is with its backup. */
public enum LogSenderState {
    /** No session: records go into the history only. */
    DETACHED,
    /** The backup gets the history. */
    CATCHING_UP,
    /** It got all of it, and the live records since; it has not said so yet. */
    SYNCHRONIZING,
    /** Acknowledgements count. */
    IN_SYNC,
    /** The history could not feed the session (it was full, or its file damaged); the backup has to join anew. */
    FAILED
}
