package io.holdfast.buffer;

/**
 * What is said to be a chunk of the pool is none: the state of a buffer is torn. An error and no exception, so that it is not
 * taken for the trouble of one connection. Thrown before anything is read or written there; always, since without it the JVM
 * dies.
 */
public final class TornBufferError extends Error {
    private static final long serialVersionUID = 1;

    TornBufferError(final long chunk, final int offset, final int length) {
        super("no chunk of the pool: " + Long.toHexString(chunk) + " (" + length + " bytes at " + offset + " of it)");
    }
}
