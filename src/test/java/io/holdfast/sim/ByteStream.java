package io.holdfast.sim;

import io.holdfast.util.SeededRandom;

/** Bytes that follow from a seed, and can be made again. */
interface ByteStream {
    /** The next bytes of the stream, into {@code into} from its start. */
    void next(byte[] into, int length);

    /** Bytes that follow from a salt and their offset. */
    static ByteStream pattern(final long salt) {
        return new Pattern(salt);
    }

    /** Output of a {@link ByteMixer} for another stream. */
    static ByteStream milled(final ByteStream source, final ByteMixer mixer) {
        return (into, length) -> {
            final byte[] one = new byte[1];
            int at = 0;
            while (at < length) {
                while (mixer.ready() > 0 && at < length) {
                    into[at++] = mixer.take();
                }
                if (at < length) {
                    source.next(one, 1);
                    mixer.feed(one[0]);
                }
            }
        };
    }

    /** See {@link #pattern}. */
    final class Pattern implements ByteStream {
        /** A prime length, so that no power of two in the stack hides a shift. */
        private static final byte[] BYTES = new byte[65_521];

        static {
            final SeededRandom random = new SeededRandom(1);
            for (int i = 0; i < BYTES.length; i++) {
                BYTES[i] = (byte) random.nextLong();
            }
        }

        private int at;

        private Pattern(final long salt) {
            at = (int) Math.floorMod(salt, (long) BYTES.length);
        }

        @Override
        public void next(final byte[] into, final int length) {
            int done = 0;
            while (done < length) {
                final int n = Math.min(length - done, BYTES.length - at);
                System.arraycopy(BYTES, at, into, done, n);
                done += n;
                at = (at + n) % BYTES.length;
            }
        }
    }
}
