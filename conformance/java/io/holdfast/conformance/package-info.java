/**
 * The conformance tests: scripts in packetdrill's notation, run against Holdfast in virtual time and against the kernel in
 * real time, through the same agent protocol.
 *
 * <pre>
 *  Conformance (command line) ── run.Suite ── run.ScriptRun ── run.Driver ── client.AgentClient ── agent (a process or this one)
 *                                                │                 │
 *                                         script (parsed)    packet (built, taken apart)
 * </pre>
 *
 * Nothing here uses a class of the stack, apart from starting its agent: what packets look like is written a second time,
 * so that a mistake there is not repeated here.
 */
package io.holdfast.conformance;
