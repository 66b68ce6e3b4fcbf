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
 * The behaviour of Linux's socket layer, above TCP, lives here: when an error is reported, and how often; the result of a second
 * connect; the poll bits of a state. Behaviour on the wire does not live here.
 */
package io.holdfast.app.conformance;
