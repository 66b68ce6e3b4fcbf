package io.holdfast.replication.log;

import org.agrona.DirectBuffer;

/** Takes records out of a {@link History}, in the order of the log. Must not call the history. */
@FunctionalInterface
public interface RecordConsumer {
    /**
     * @param buffer valid during the call only
     * @return false: the record is not taken, it comes again with the next call
     */
    boolean onRecord(long connectionId, DirectBuffer buffer, int offset, int length);
}
