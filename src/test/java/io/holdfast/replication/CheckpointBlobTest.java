package io.holdfast.replication;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.holdfast.buffer.ChunkPool;
import io.holdfast.buffer.StreamBuffer;
import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** The blob of a checkpoint comes back, and the hash goes on where it stood, between two words of the stream, too. */
final class CheckpointBlobTest {
    private static final byte[] BLOB = {1, 2, 3};

    private static CheckpointBlob again(final byte[] encoded) {
        final UnsafeBuffer record = new UnsafeBuffer(new byte[encoded.length + 5]);
        record.putBytes(5, encoded);
        return CheckpointBlob.decode(record, 5, encoded.length);
    }

    @Test
    void shouldGiveBackBytesAlone() {
        final CheckpointBlob point = again(CheckpointBlob.ofBytes(BLOB).encode());
        assertArrayEquals(BLOB, point.blob());
        assertNull(point.hash());
        assertArrayEquals(new byte[0], again(CheckpointBlob.ofBytes(new byte[0]).encode()).blob());
    }

    @Test
    void shouldGoOnWithTheHash() {
        final StreamBuffer stream = new StreamBuffer(new ChunkPool(1 << 20), 4_096);
        final byte[] bytes = new byte[1_000];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31);
        }
        stream.append(ByteBuffer.wrap(bytes));
        for (int at = 0; at <= bytes.length; at += 37) {
            final StreamHash whole = new StreamHash();
            whole.update(stream, at);
            final CheckpointBlob point = again(new CheckpointBlob(77, whole, BLOB).encode());
            assertEquals(77, point.readEnd());
            assertArrayEquals(BLOB, point.blob());
            point.hash().update(stream, bytes.length);
            whole.update(stream, bytes.length);
            assertEquals(whole.value(), point.hash().value());
        }
    }

    @Test
    void shouldRefuseWhatItDidNotWrite() {
        assertThrows(IllegalArgumentException.class, () -> again(new byte[0]));
        assertThrows(IllegalArgumentException.class, () -> again(new byte[] {9, 1}));
        assertThrows(IllegalArgumentException.class, () -> again(new byte[] {56, 1}));
        assertThrows(IllegalArgumentException.class, () -> again(new byte[] {-1, 1}));
    }
}
