package io.holdfast.conformance.robustness;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Bytes that are nearly those of the corpus. */
final class Mutator {
    private static final int MAX_MUTATIONS = 6;
    private static final int[] INTERESTING = {0, 1, 2, 4, 7, 8, 16, 0x3F, 0x40, 0x7F, 0x80, 0xFE, 0xFF};

    private final SplittableRandom random;
    private final List<byte[]> corpus;

    Mutator(final long seed, final List<byte[]> corpus) {
        this.random = new SplittableRandom(seed);
        this.corpus = corpus;
    }

    byte[] next() {
        byte[] bytes = corpus.get(random.nextInt(corpus.size())).clone();
        for (int i = random.nextInt(MAX_MUTATIONS) + 1; i > 0; i--) {
            bytes = mutated(bytes);
        }
        return bytes;
    }

    private byte[] mutated(final byte[] bytes) {
        if (bytes.length == 0) {
            return new byte[] {(byte) random.nextInt()};
        }
        final int at = random.nextInt(bytes.length);
        switch (random.nextInt(8)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) random.nextInt();
            case 2 -> bytes[at] = (byte) INTERESTING[random.nextInt(INTERESTING.length)];
            case 3 -> bytes[at] += (byte) (random.nextInt(9) - 4);
            case 4 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 5 -> {
                return joined(bytes, at, bytes, at);
            }
            case 6 -> {
                final byte[] other = corpus.get(random.nextInt(corpus.size()));
                return joined(bytes, at, other, other.length == 0 ? 0 : random.nextInt(other.length));
            }
            default -> {
                // One byte more, or less.
                return random.nextBoolean() ? joined(bytes, at + 1, bytes, at) : joined(bytes, at, bytes, at + 1);
            }
        }
        return bytes;
    }

    /** The first bytes of one, and the last of the other. */
    private static byte[] joined(final byte[] a, final int end, final byte[] b, final int from) {
        final byte[] both = Arrays.copyOf(a, end + b.length - from);
        System.arraycopy(b, from, both, end, b.length - from);
        return both;
    }
}
