package io.holdfast.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class KernelRandomTest {
    private static final int NUMBERS = 10_000;

    /** Across many refills: none given twice, and every bit set about half of the time (six standard deviations: 300). */
    @Test
    void shouldGiveNumbersThatAreNotGivenAgain() {
        final KernelRandom random = new KernelRandom();
        final Set<Long> seen = new HashSet<>();
        final int[] set = new int[Long.SIZE];
        for (int i = 0; i < NUMBERS; i++) {
            final long number = random.nextLong();
            seen.add(number);
            for (int bit = 0; bit < Long.SIZE; bit++) {
                set[bit] += (int) (number >>> bit & 1);
            }
        }
        assertEquals(NUMBERS, seen.size());
        for (final int count : set) {
            assertTrue(Math.abs(count - NUMBERS / 2) < 300, "set " + count + " times");
        }
    }
}
