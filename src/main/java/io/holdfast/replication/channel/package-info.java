/**
 * The connections to the one peer host: framed messages over TCP connections of the <em>kernel</em>, secured by TLS 1.3 with
 * both sides authenticated, used by one thread that never blocks in them.
 *
 * <pre>
 *   replicator thread --&gt; Channels (selector, wake-up)
 *                           +-- PathEnd REPLICATION ---- Connection (framing) -- Transport (plain | TLS) -- kernel TCP
 *                           |     +-- PathConnector: listens, dials, greets; hands over what is authenticated
 *                           +-- PathEnd SERVICE
 * </pre>
 *
 * What the messages say is no business of this package, nor is what follows from a path's going up or down. A peer's bytes
 * are never trusted: what does not hold together closes the connection it came on, is counted, and disturbs no other.
 */
package io.holdfast.replication.channel;
