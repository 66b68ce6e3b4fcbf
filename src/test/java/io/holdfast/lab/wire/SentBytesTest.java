package io.holdfast.lab.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class SentBytesTest {
    private static final int STREAM_BYTES = 300_000;
    private static final int MAX_PIECE = 70_000; // longer than a chunk

    private final byte[] stream = new byte[STREAM_BYTES];
    private final SplittableRandom random = new SplittableRandom(7);

    @Test
    void shouldCountWhatIsRepeatedLikeATrivialModel() {
        random.nextBytes(stream);
        final SentBytes sent = new SentBytes();
        final boolean[] known = new boolean[STREAM_BYTES];
        for (int i = 0; i < 500; i++) {
            final int from = random.nextInt(STREAM_BYTES);
            final int length = random.nextInt(Math.min(MAX_PIECE, STREAM_BYTES - from) + 1);
            int repeated = 0;
            for (int at = from; at < from + length; at++) {
                repeated += known[at] ? 1 : 0;
                known[at] = true;
            }
            assertEquals(new SentBytes.Outcome(-1, repeated), sent.add(from, stream, from, length));
        }
    }

    @Test
    void shouldFindAnyByteThatChanged() {
        random.nextBytes(stream);
        final SentBytes sent = new SentBytes();
        for (int at = 0; at < STREAM_BYTES; at += 1000) {
            sent.add(at, stream, at, 1000);
        }
        for (int i = 0; i < 200; i++) {
            final int from = random.nextInt(STREAM_BYTES - MAX_PIECE);
            final int changed = from + random.nextInt(MAX_PIECE);
            stream[changed] ^= 1;
            assertEquals(changed, sent.add(from, stream, from, MAX_PIECE).differsAt());
            stream[changed] ^= 1;
            assertEquals(-1, sent.add(from, stream, from, MAX_PIECE).differsAt());
        }
    }
}
