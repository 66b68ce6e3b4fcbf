/**
 * The third party of decision 5: {@link io.holdfast.failover.witness.RegisterWitness} has the rules, on top of a {@link
 * io.holdfast.failover.witness.Register} that keeps one value; {@link io.holdfast.failover.witness.Registers} finds the library
 * that reaches it.
 *
 * <pre>
 *   Membership -- claim, poll --&gt; RegisterWitness -- read, write if --&gt; Register (ZooKeeper's: package zookeeper, in a jar
 *              of its own) &lt;-- granted? ---- &lt;-- by any thread --
 * </pre>
 *
 * <p>What may not live here: a clock, a thread; and outside of the package for it, a library that a register needs.
 */
package io.holdfast.failover.witness;
