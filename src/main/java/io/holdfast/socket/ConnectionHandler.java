package io.holdfast.socket;

/**
 * The event-driven way: handlers that run inside the shard, on the thread that took the packet off the device, with no
 * hand-off at all. Set with {@link ListenerSocket#handler} or {@link StreamSocket#handler}. They must not block. An exception
 * that leaves a handler resets its connection and nothing else; it is counted and logged.
 */
public interface ConnectionHandler {
    /** The connection is established: the first event of an accepted one. */
    default void onConnected(final StreamSocket socket) throws Exception {
    }

    /** There are bytes to read, or the end of the stream. Called again only for new ones: read until 0. */
    void onReadable(StreamSocket socket) throws Exception;

    /** There is room to write again. */
    default void onWritable(final StreamSocket socket) throws Exception {
    }

    /** The connection failed or ended; the socket has been closed. The last event. */
    default void onClosed(final StreamSocket socket) {
    }
}
