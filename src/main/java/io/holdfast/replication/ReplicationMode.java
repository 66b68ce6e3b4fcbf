package io.holdfast.replication;

/** How a listener's connections are protected; the replication contract's table. */
public enum ReplicationMode {
    /** Not at all. */
    OFF,
    /** The same server runs on the backup, on the same input; its output is compared and swallowed. */
    HOT,
    /** The backup only keeps the log; at failover the server starts and reads it again. */
    COLD,
    /** The backup keeps the log and the application's last checkpoint, with which the application goes on. */
    RESUME
}
