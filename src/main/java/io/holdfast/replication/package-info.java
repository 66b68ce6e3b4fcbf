/**
 * How connections come to live on two hosts: what the primary writes into the log and what of its output waits for it
 * ({@link io.holdfast.replication.Recorder}), how the backup plays the log ({@link io.holdfast.replication.Follower}) and
 * gives connections to the server here ({@link io.holdfast.replication.Handover}), and the change from one to the other
 * ({@link io.holdfast.replication.Replica}). All of it runs inside the shard.
 *
 * <pre>
 *   primary:  segment -> InputTap ----> LogWriter ==> replicator thread ==> backup
 *             event   -> ApplicationLog ---^               | ack
 *             capture -> Progress ---------^               v
 *             OutputCommit.mark ..... waits ..... Recorder.committed -> the shard transmits
 *
 *   backup:   record -> Follower -> TcpShadow: receive buffer, InputScript (due by EventOrder) -> the server here
 *                                             compared, swallowed <- send buffer <-'
 * </pre>
 *
 * <p>What may not live here: threads, channels, clocks, and who is primary; that is {@code membership}'s. Only
 * {@code ApplicationLog} is written by an application's threads, and waits for one that is in the middle of it.
 */
package io.holdfast.replication;
