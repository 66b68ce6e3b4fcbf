package io.holdfast.buffer;

/**
 * An address that should be a chunk of the pool's is none: the state of a buffer is torn. It is an error and no exception, so
 * that it is not handled as the failure of one connection. It is thrown before memory is read or written there, and cannot be
 * switched off, since without it the JVM dies.
 */
public final class TornBufferError extends Error {
    private static final long serialVersionUID = 1;

    TornBufferError(final long chunk, final int offset, final int length) {
        super("no chunk of the pool: " + Long.toHexString(chunk) + " (" + length + " bytes at " + offset + " of it)");
    }
}
