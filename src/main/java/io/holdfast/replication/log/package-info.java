/**
 * The replication log: records, batches, acknowledgements, and the history that a backup is fed from when it joins.
 *
 * <pre>
 *   primary   shard -> LogWriter =ring=> LogSender -> History -> batches -> channel -> LogReceiver -> History   backup
 *                                            ^                                           |     |
 *                                            +------------------ acks -------------------+     +-> RecordHandler
 * </pre>
 *
 * No clock and no socket lives here; time is a parameter. Only the history does I/O: on the files that it spills to, by a thread
 * of {@code SegmentWriter}'s. {@link io.holdfast.replication.log.LogWriter} belongs to the shard's thread, all else to the
 * replicator's.
 */
package io.holdfast.replication.log;
