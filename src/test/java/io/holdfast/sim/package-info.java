/**
 * Whole worlds in virtual time from one seed: several stacks, links that lose, double, reorder, delay, corrupt and cut,
 * applications that write, read, pause, close and abort as the seed says. Oracles read the wire and the streams and know
 * nothing of the stack. A world that fails names its seed and how to run it again.
 *
 * <p>With a pair of hosts that protect a server ({@link io.holdfast.sim.ReplicaPair}), one of the two dies at any event of
 * a {@link io.holdfast.sim.Scenario}. What leaves the primary is held against what the backup has stored at that moment
 * ({@link io.holdfast.sim.CommitOracle}), what both say against each other ({@link io.holdfast.sim.WireOracle}), what
 * clients and servers read against what was written ({@link io.holdfast.sim.Talk}, {@link io.holdfast.sim.MixingServer}), and
 * clients' {@link io.holdfast.sim.Stalls stalls} against what they may have to wait for. Applications act on events only
 * ({@link io.holdfast.sim.Conduit}), so that one that is missing is found.
 *
 * <p>Two whole hosts with their real memberships, logs and histories ({@link io.holdfast.sim.HostPair}) win their roles, and are
 * struck one after the other, with a return between ({@link io.holdfast.sim.Succession}). All that is counted, and held against a
 * file, by {@code CrashTest}.
 */
package io.holdfast.sim;
