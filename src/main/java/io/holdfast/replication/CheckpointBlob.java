package io.holdfast.replication;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;

/**
 * What a Checkpoint record carries besides its offsets: the application's blob, and before it what the stack needs where a server
 * goes on that is compared and played to (modes hot and cold): how far the application had read, and the hash of all it had
 * written.
 *
 * @param readEnd what was read by then, what it had in hand included; -1 in mode resume
 * @param hash    of the output up to the checkpoint's write offset; null in mode resume
 */
record CheckpointBlob(long readEnd, StreamHash hash, byte[] blob) {
    private static final int OWN_BYTES = Long.BYTES + StreamHash.SAVED_BYTES;

    static CheckpointBlob ofBytes(final byte[] blob) {
        return new CheckpointBlob(-1, null, blob);
    }

    byte[] encode() {
        final ByteBuffer out = ByteBuffer.allocate(1 + (hash == null ? 0 : OWN_BYTES) + blob.length);
        out.put((byte) (hash == null ? 0 : OWN_BYTES));
        if (hash != null) {
            out.putLong(readEnd);
            hash.save(out);
        }
        return out.put(blob).array();
    }

    /** @throws IllegalArgumentException if it is not what {@link #encode} gave */
    static CheckpointBlob decode(final DirectBuffer buffer, final int offset, final int length) {
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        final ByteBuffer in = ByteBuffer.wrap(bytes);
        final int own = length == 0 ? -1 : in.get();
        if (own != 0 && own != OWN_BYTES || own > in.remaining()) {
            throw new IllegalArgumentException("a checkpoint that this host cannot read");
        }
        final long readEnd = own == 0 ? -1 : in.getLong();
        final StreamHash hash = own == 0 ? null : StreamHash.restore(in);
        final byte[] blob = new byte[in.remaining()];
        in.get(blob);
        return new CheckpointBlob(readEnd, hash, blob);
    }
}
