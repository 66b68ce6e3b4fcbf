package io.holdfast.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SeededRandomTest {
    @Test
    void shouldRepeatWithItsSeed() {
        final SeededRandom a = new SeededRandom(17);
        final SeededRandom b = new SeededRandom(17);
        for (int i = 0; i < 1000; i++) {
            assertEquals(a.nextLong(), b.nextLong());
        }
        assertEquals(a.split().nextLong(), b.split().nextLong());
    }

    @Test
    void shouldGiveUnrelatedSequencesForNeighbouringSeeds() {
        final Set<Long> seen = new HashSet<>();
        long differingBits = 0;
        for (int seed = 0; seed < 1000; seed++) {
            final long first = new SeededRandom(seed).nextLong();
            assertTrue(seen.add(first));
            differingBits += Long.bitCount(first ^ new SeededRandom(seed + 1).nextLong());
        }
        assertEquals(32.0, differingBits / 1000.0, 1.0);
    }

    @Test
    void shouldSpreadEvenly() {
        final SeededRandom random = new SeededRandom(3);
        final int[] counts = new int[10];
        double sum = 0;
        int heads = 0;
        for (int i = 0; i < 100_000; i++) {
            counts[random.nextInt(10)]++;
            sum += random.nextDouble();
            heads += random.nextBoolean(0.25) ? 1 : 0;
            final long n = random.nextLong(-5, 7);
            assertTrue(n >= -5 && n < 7);
        }
        for (final int n : counts) {
            assertEquals(10_000, n, 500);
        }
        assertEquals(0.5, sum / 100_000, 0.01);
        assertEquals(25_000, heads, 700);
        assertNotEquals(0, new SeededRandom(0).nextLong());
    }
}
