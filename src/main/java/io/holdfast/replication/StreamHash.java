package io.holdfast.replication;

import io.holdfast.buffer.StreamBuffer;
import java.nio.ByteBuffer;
import org.agrona.UnsafeApi;

/**
 * A running hash of one byte stream, the same however the stream was cut: what primary and backup compare of their servers'
 * output. Four lanes of 64 bits, chosen by a word's place in the stream, so that the processor works on four words at once. Finds
 * accidents, not forgeries: both ends are ours. Owner's thread only.
 */
final class StreamHash {
    private static final int LANES = 4;
    static final int SAVED_BYTES = (2 + LANES) * Long.BYTES;
    private static final long PRIME = 0x9E37_79B9_7F4A_7C15L;
    private static final int PARTS = 128;

    private final long[] lanes = new long[LANES];
    private final long[] addresses = new long[PARTS];
    private final int[] lengths = new int[PARTS];
    private long position;
    /** Bytes of the word that is not whole yet. */
    private long partial;

    /** Writes down where it stands: {@link #SAVED_BYTES}. */
    void save(final ByteBuffer into) {
        into.putLong(position).putLong(partial);
        for (final long lane : lanes) {
            into.putLong(lane);
        }
    }

    /** Goes on from there. */
    static StreamHash restore(final ByteBuffer from) {
        final StreamHash hash = new StreamHash();
        hash.position = from.getLong();
        hash.partial = from.getLong();
        for (int i = 0; i < LANES; i++) {
            hash.lanes[i] = from.getLong();
        }
        return hash;
    }

    /** Bytes of the stream hashed so far. */
    long position() {
        return position;
    }

    /** Hashes up to {@code to}, which the buffer holds. False if it does not hold what comes next any more. */
    boolean update(final StreamBuffer buffer, final long to) {
        if (buffer.head() > position) {
            return position >= to;
        }
        while (position < to) {
            final int length = (int) Math.min(to - position, 1 << 20);
            final int parts = buffer.parts(position, length, addresses, lengths, 0);
            for (int i = 0; i < parts; i++) {
                update(addresses[i], lengths[i]);
            }
        }
        return true;
    }

    void update(final long address, final int length) {
        long at = address;
        final long end = address + length;
        while (at < end && (position & 7) != 0) {
            take(UnsafeApi.getByte(at++));
        }
        while (at + 8 <= end && (position >> 3) % LANES != 0) {
            lane((int) (position >> 3) % LANES, UnsafeApi.getLong(at));
            position += 8;
            at += 8;
        }
        long a = lanes[0];
        long b = lanes[1];
        long c = lanes[2];
        long d = lanes[3];
        final long start = at;
        while (at + 32 <= end) {
            a = mix(a, UnsafeApi.getLong(at));
            b = mix(b, UnsafeApi.getLong(at + 8));
            c = mix(c, UnsafeApi.getLong(at + 16));
            d = mix(d, UnsafeApi.getLong(at + 24));
            at += 32;
        }
        lanes[0] = a;
        lanes[1] = b;
        lanes[2] = c;
        lanes[3] = d;
        position += at - start;
        while (at + 8 <= end) {
            lane((int) (position >> 3) % LANES, UnsafeApi.getLong(at));
            position += 8;
            at += 8;
        }
        while (at < end) {
            take(UnsafeApi.getByte(at++));
        }
    }

    private void take(final byte value) {
        final int shift = (int) (position & 7) * 8;
        partial |= (value & 0xFFL) << shift;
        position++;
        if ((position & 7) == 0) {
            lane((int) ((position >> 3) - 1) % LANES, partial);
            partial = 0;
        }
    }

    private void lane(final int index, final long word) {
        lanes[index] = mix(lanes[index], word);
    }

    private static long mix(final long hash, final long word) {
        final long product = (hash ^ word) * PRIME;
        return product ^ product >>> 29;
    }

    /** Of all that was hashed. */
    long value() {
        long hash = position;
        for (final long lane : lanes) {
            hash = mix(hash, lane);
        }
        return mix(hash, partial);
    }
}
