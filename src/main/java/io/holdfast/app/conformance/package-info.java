/**
 * The conformance agent: stacks under remote control, call by call and packet by packet, over a unix stream socket.
 *
 * <pre>
 *  AgentServer ── accepts ──> AgentConnection ── frames ──> Session ──> Action (one a request)
 *                              FrameReader, Body              │  clock, pending calls, handle table
 *                              Reply                          ├──> TcpHandle, UdpHandle: Linux's socket layer, in errnos
 *                                                             └──> HoldfastStack (INVOKER) ──> BareIpLink
 * </pre>
 *
 * What Linux keeps in its socket layer, above TCP (when an error is reported, and how often; what a second connect
 * says; which poll bits a state has), lives here; what goes on the wire does not.
 */
package io.holdfast.app.conformance;
