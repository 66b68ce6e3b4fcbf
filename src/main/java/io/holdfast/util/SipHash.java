package io.holdfast.util;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed hash that a peer without the key cannot steer, for connection
 * tables, initial sequence numbers and SYN cookies. Stateless, any thread. The forms over longs hash the longs' bytes,
 * little-endian, and allocate nothing.
 */
public final class SipHash {
    private static final long C0 = 0x736f6d6570736575L;
    private static final long C1 = 0x646f72616e646f6dL;
    private static final long C2 = 0x6c7967656e657261L;
    private static final long C3 = 0x7465646279746573L;

    private static final VarHandle LONGS =
        MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private SipHash() {
    }

    /** The hash of one long under the key {@code k0, k1}. */
    public static long hash(final long k0, final long k1, final long a) {
        return hash(k0, k1, a, 0, 0, 0, 1);
    }

    public static long hash(final long k0, final long k1, final long a, final long b) {
        return hash(k0, k1, a, b, 0, 0, 2);
    }

    public static long hash(final long k0, final long k1, final long a, final long b, final long c) {
        return hash(k0, k1, a, b, c, 0, 3);
    }

    public static long hash(final long k0, final long k1, final long a, final long b, final long c, final long d) {
        return hash(k0, k1, a, b, c, d, 4);
    }

    // Written out, because the four words of state must stay in registers: there is no place to return them in.
    private static long hash(
        final long k0,
        final long k1,
        final long a,
        final long b,
        final long c,
        final long d,
        final int count) {
        long v0 = C0 ^ k0;
        long v1 = C1 ^ k1;
        long v2 = C2 ^ k0;
        long v3 = C3 ^ k1;
        long word = a;
        for (int i = 0; i <= count; i++) {
            if (i == count) {
                word = (long) count * Long.BYTES << 56;
            } else if (i == 1) {
                word = b;
            } else if (i == 2) {
                word = c;
            } else if (i == 3) {
                word = d;
            }
            v3 ^= word;
            for (int round = 0; round < 2; round++) {
                v0 += v1;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v3;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 += v3;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= word;
        }
        return finish(v0, v1, v2, v3);
    }

    /** The hash of any bytes. */
    public static long hash(final long k0, final long k1, final byte[] bytes, final int offset, final int length) {
        long v0 = C0 ^ k0;
        long v1 = C1 ^ k1;
        long v2 = C2 ^ k0;
        long v3 = C3 ^ k1;
        final int words = length / Long.BYTES;
        for (int i = 0; i <= words; i++) {
            final int at = offset + i * Long.BYTES;
            final long word = i < words ? (long) LONGS.get(bytes, at) : last(bytes, at, length);
            v3 ^= word;
            for (int round = 0; round < 2; round++) {
                v0 += v1;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v3;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 += v3;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 += v1;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= word;
        }
        return finish(v0, v1, v2, v3);
    }

    /** The bytes after the last whole word, with the length's low byte on top. */
    private static long last(final byte[] bytes, final int from, final int length) {
        long word = (long) length << 56;
        for (int i = 0; i < length % Long.BYTES; i++) {
            word |= (bytes[from + i] & 0xFFL) << 8 * i;
        }
        return word;
    }

    private static long finish(final long a, final long b, final long c, final long d) {
        long v0 = a;
        long v1 = b;
        long v2 = c ^ 0xFF;
        long v3 = d;
        for (int round = 0; round < 4; round++) {
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }
}
