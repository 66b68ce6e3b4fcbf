package io.holdfast.counters;

/**
 * Counters of the replication log; ids from 416. The shard writes those before {@link #RECORDS_DRAINED}, the replicator thread
 * all others (or the shard on its behalf, while it waits): each counter has one writer at a time.
 */
public enum ReplicationCounter implements CounterDescriptor {
    RING_FULL("replication.ringFull", "Records that the ring to the replicator had no room for."),
    INPUT_DROPPED("replication.inputDropped", "Segments dropped because the log had no room; the client sends them again."),
    DIVERGED("replication.diverged", "Connections whose servers did not write the same on both hosts."),
    UNPROTECTED("replication.unprotected", "Connections that could not be followed."),
    SHADOWS("replication.shadows", "Connections of the other host followed now."),
    TAKEN_OVER("replication.takenOver", "Connections carried on after the other host."),
    RECORDS_DRAINED("replication.recordsDrained", "Records taken from the ring into the history."),
    BATCHES_SENT("replication.batchesSent", "Batches of log and history given to the channel."),
    RECORDS_SENT("replication.recordsSent", "Records in those batches."),
    BYTES_SENT("replication.bytesSent", "Bytes of those batches."),
    ACKS("replication.acks", "Acknowledgements of the backup taken."),
    ACKS_REFUSED("replication.acksRefused", "Acknowledgements that are malformed, of another epoch, or of no batch in flight."),
    SESSIONS("replication.sessions", "Sessions with a backup begun."),
    SESSIONS_FAILED("replication.sessionsFailed", "Sessions given up because the history could not feed them."),
    BATCHES_TAKEN("replication.batchesTaken", "Batches stored by this backup."),
    RECORDS_TAKEN("replication.recordsTaken", "Records in those batches."),
    RECORDS_UNKNOWN("replication.recordsUnknown", "Records of a connection that this session has not opened, skipped."),
    BATCH_TORN("replication.batchTorn", "Batches refused: they end within a header or a record."),
    BATCH_REORDERED("replication.batchReordered", "Batches refused: one before them is missing."),
    BATCH_REPLAYED("replication.batchReplayed", "Batches refused: taken before."),
    BATCH_LOWER_EPOCH("replication.batchLowerEpoch", "Batches refused: of an epoch that is over."),
    BATCH_HIGHER_EPOCH("replication.batchHigherEpoch", "Batches refused: of an epoch that this session is not of."),
    BATCH_SEQUENCE_GAP("replication.batchSequenceGap", "Batches refused: their records do not follow those before."),
    BATCH_NEWER_SCHEMA("replication.batchNewerSchema", "Batches refused: a version that this host cannot read."),
    BATCH_GARBAGE("replication.batchGarbage", "Batches refused: no batch, or a record that cannot be decoded."),
    HISTORY_BYTES("replication.historyBytes", "Bytes of the history now, in memory and on disk."),
    HISTORY_DISK_BYTES("replication.historyDiskBytes", "Bytes of the history on disk now."),
    HISTORY_CONNECTIONS("replication.historyConnections", "Connections in the history now."),
    HISTORY_OVER_LIMIT("replication.historyOverLimit", "Connections that were dropped from the history because it was full."),
    HISTORY_LOST("replication.historyLost", "Connections that were dropped from the history because its file was damaged."),
    HISTORY_REFUSED("replication.historyRefused", "Records not kept: of a connection that the history does not have."),
    HISTORY_TORN_FILES("replication.historyTornFiles", "Files of the history found torn or damaged when read back."),
    HISTORY_DISK_ERRORS("replication.historyDiskErrors", "Writes and reads of the history's files that failed."),
    HISTORY_SPILLS("replication.historySpills", "Segments of the history written to disk."),
    HISTORY_COMPACTIONS("replication.historyCompactions", "Segments of the history rewritten without their garbage."),
    LOST_AT_BACKUP("replication.lostAtBackup", "Connections that the backup said it cannot carry on."),
    STUCK("replication.stuck", "Connections whose server on this backup stood still before it had come to where the primary's was.");

    private static final int FIRST_ID = 416;
    private final String label;
    private final String meaning;

    ReplicationCounter(final String label, final String meaning) {
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
