/**
 * The runtime of a host of a pair: what {@link io.holdfast.membership.Membership} decides is done here, and what it has to know
 * is found out here.
 *
 * <pre>
 *   replicator thread: Node -- time, messages, fate of paths --&gt; Membership -- decisions --&gt; Node
 *                        |  LogDuty: the log's batches, acknowledgements and history
 *                        |  LanEar: what the shard hears of the clients' LAN
 *                        +- Outlet: heartbeats and batches on their way to the channels
 * </pre>
 *
 * <p>What may not live here: a rule that says who leads (membership), the format of a record or its storage (replication.log),
 * and anything of a protocol of the clients.
 */
package io.holdfast.failover;
