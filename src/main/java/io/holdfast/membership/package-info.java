/**
 * Who owns the service: roles, epochs, failure detection, witness. A state machine without I/O: time, messages and the
 * fate of paths go in, messages and decisions come out, so that thousands of faults an hour run in one thread in
 * virtual time. The reasoning, the invariants and what is not survived: {@code src/docs/decisions/0005-membership.md}.
 *
 * <pre>
 *   replicator thread -- paths, messages, timer --&gt; Membership -- MembershipListener --&gt; channels, log, shard
 *                                                     |  Self: role, epoch, permission; the one change of role
 *                                                     |  Peer, Links, LanMonitor, Detection: what is known of the others
 *                                                     +- OwnerDuty, BackupDuty, EmptyDuty: what roles have to do
 *   shard's thread -- mayDepart(now): a volatile read --+
 * </pre>
 *
 * <p>{@code failover.Node} drives it. What may not live here: a clock, a thread, a socket, randomness, and anything about
 * connections.
 */
package io.holdfast.membership;
