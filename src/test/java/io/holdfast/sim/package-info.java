/**
 * Whole worlds in virtual time from one seed: several stacks, links that lose, double, reorder, delay, corrupt and cut,
 * applications that write, read, pause, close and abort as the seed says. Oracles read the wire and the streams and know
 * nothing of the stack. A world that fails names its seed and how to run it again.
 */
package io.holdfast.sim;
