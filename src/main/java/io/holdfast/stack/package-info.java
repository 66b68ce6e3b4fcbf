/**
 * The shard: duty cycle and baton, demultiplexer, connection table, timers, command queue, readiness. Everything below is
 * single-threaded and gets its time from here.
 *
 * <pre>
 *   application threads                              the thread that has the Baton
 *   -------------------                              -------------------------------------------------
 *   socket.* --verbs--> Shard.post/call --free?----> beginCycle: the clock, once
 *                            |                        FrameSource -> Network (IP, ICMP, UDP)
 *                            +--CommandQueue------->     -> Demultiplexer -> TcpConnection, TcpListener
 *                                                     CommandQueue, Timers
 *   WaiterSlot, selectors <--events-- Endpoint <----  ConnectionSet.flush: each touched connection, once a
 *                                                     batch: Transmitter -> IP, events, timer
 * </pre>
 *
 * <p>How other processes look into a running stack: counters through a mapped file ({@code stack.counters_file}, see
 * {@link io.holdfast.counters.CountersFile}); sockets through {@code ops}' control socket, which asks
 * {@link io.holdfast.stack.ShardClient#connections} and {@link io.holdfast.stack.ShardClient#listeners}.
 *
 * <p>What may not live here: anything of a protocol's own, and anything that blocks but
 * {@link io.holdfast.stack.Baton}, the {@link io.holdfast.stack.Shard} for callers that wait for a result, the receiver's thread
 * with its sleep, and the wait for a thread's end.
 */
package io.holdfast.stack;
