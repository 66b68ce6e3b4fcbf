/**
 * The native socket API: what a Java server that links against Holdfast uses, and what nio, net and the conformance
 * agent stand on. Sockets are non-blocking; {@code await} blocks, and runs the shard while it does. Three ways to use them:
 * threads that wait ({@link io.holdfast.socket.StreamSocket#await}), selectors that are told
 * ({@link io.holdfast.socket.ReadinessListener} with a {@link io.holdfast.socket.Waiter}), and handlers that run inside the
 * shard ({@link io.holdfast.socket.ConnectionHandler}). No protocol lives here.
 *
 * <p>What only these sockets have: offsets of both streams and checkpoints ({@link io.holdfast.socket.StreamSocket#checkpoint}),
 * with which a program gets its connections back on another host ({@link io.holdfast.socket.ResumeHandler}).
 */
package io.holdfast.socket;
