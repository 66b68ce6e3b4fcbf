package io.holdfast.replication.log;

import io.holdfast.counters.ReplicationCounter;

/** What became of a batch. After a refusal the session is over: nothing is sent twice in one. */
public enum BatchResult {
    /** Stored and handed on. */
    TAKEN(ReplicationCounter.BATCHES_TAKEN),
    /** It ends within a header or a record. */
    TORN(ReplicationCounter.BATCH_TORN),
    /** A batch before it is missing. */
    REORDERED(ReplicationCounter.BATCH_REORDERED),
    /** It was taken before. */
    REPLAYED(ReplicationCounter.BATCH_REPLAYED),
    /** Its epoch is over. */
    LOWER_EPOCH(ReplicationCounter.BATCH_LOWER_EPOCH),
    /** Its epoch is later than the session's. */
    HIGHER_EPOCH(ReplicationCounter.BATCH_HIGHER_EPOCH),
    /** Its records do not follow those before it, or are live where history is due or the other way round. */
    SEQUENCE_GAP(ReplicationCounter.BATCH_SEQUENCE_GAP),
    /** It says things that this host cannot read and must not ignore. */
    NEWER_SCHEMA(ReplicationCounter.BATCH_NEWER_SCHEMA),
    /** It is no batch, or has a record that cannot be decoded. */
    GARBAGE(ReplicationCounter.BATCH_GARBAGE);

    private final ReplicationCounter counter;

    BatchResult(final ReplicationCounter counter) {
        this.counter = counter;
    }

    ReplicationCounter counter() {
        return counter;
    }
}
