/**
 * The connections to the other hosts: framed messages over TCP connections of the <em>kernel</em>, secured by TLS 1.3 with
 * both sides authenticated, used by one thread that never blocks in them.
 *
 * <pre>
 *   replicator thread --&gt; Channels (selector, wake-up)
 *                           +-- PathEnd REPLICATION ---- Connection (framing) -- Transport (plain | TLS) -- kernel TCP
 *                           |     +-- PathDialer: dials, greets; hands over what is authenticated
 *                           +-- PathEnd SERVICE, both once for each other host
 *                           +-- PathListener, once a path: accepts, greets, hands over to the PathEnd of who it is
 * </pre>
 *
 * What the messages say is no business of this package, nor is what follows from a path's going up or down. A peer's bytes
 * are never trusted: what does not hold together closes the connection it came on, is counted, and disturbs no other.
 */
package io.holdfast.replication.channel;
