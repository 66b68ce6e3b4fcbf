package io.holdfast.replication.channel;

import java.io.IOException;

/** Moves bytes between a connection's queues and its socket, in the clear or through TLS. Never blocks. */
interface Transport {
    /** Goes on with what has to come before the first message; true once that is done. */
    boolean handshake(ConnectionBuffers buffers) throws IOException;

    /**
     * Takes in what there is, as far as {@code in} has room.
     *
     * @return above 0 if there was progress, 0 if there was nothing, -1 at the peer's end of the stream
     */
    int read(ConnectionBuffers buffers) throws IOException;

    /**
     * Sends a piece of {@code out}, as far as the socket takes it: not all at once, since encryption takes its time.
     *
     * @return bytes given to the socket
     */
    int write(ConnectionBuffers buffers) throws IOException;

    /** False while something waits to be sent. */
    boolean isDrained(ConnectionBuffers buffers);

    /** True if the socket did not take all that it was given. */
    boolean isBlocked(ConnectionBuffers buffers);

    /** True if another {@link #handshake} or {@link #read} would do something without anything new from the network. */
    boolean hasWork();

    /** Tells the peer why, where the protocol has a word for it and the socket takes it at once. */
    void part(ConnectionBuffers buffers);
}
