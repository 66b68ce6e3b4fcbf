package io.holdfast.socket;

import java.nio.ByteBuffer;

/**
 * What an application said last of how far it was with a connection, see {@link StreamSocket#checkpoint}. Where it never said
 * anything, both offsets are 0 and the blob is empty: it goes on from the connection's beginning.
 *
 * @param readOffset  input before that was done with; the next read begins there
 * @param writeOffset what it had written when it said so
 * @param blob        its own words, read-only
 */
public record Checkpoint(long readOffset, long writeOffset, ByteBuffer blob) {
    public Checkpoint {
        blob = blob.asReadOnlyBuffer();
    }

    /** A view of its own for each caller. */
    @Override
    public ByteBuffer blob() {
        return blob.duplicate();
    }
}
