package io.holdfast.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Ranges ahead of a gap, against a set of bits. */
final class OutOfOrderTest {
    @Property(tries = 500)
    void shouldEqualSetOfBits(@ForAll final long seed) {
        final Random random = new Random(seed);
        final OutOfOrder ranges = new OutOfOrder();
        final BitSet model = new BitSet();
        int next = 0;
        for (int i = 0; i < 60; i++) {
            final int from = next + 1 + random.nextInt(50);
            final int to = from + 1 + random.nextInt(12);
            final boolean all = model.nextClearBit(from) >= to;
            assertEquals(all ? OutOfOrder.Result.DUPLICATE : OutOfOrder.Result.NEW, ranges.add(from, to));
            model.set(from, to);
            if (random.nextInt(4) == 0) {
                final int filled = next + random.nextInt(20);
                final int expected = Math.max(filled, model.nextClearBit(filled));
                assertEquals(expected, ranges.advance(filled));
                next = expected;
                model.clear(0, next);
            }
            compare(model, ranges);
            if (model.nextSetBit(0) >= 0 && model.get(from)) {
                reportsNewestFirst(ranges, from);
            }
        }
    }

    private static void compare(final BitSet model, final OutOfOrder ranges) {
        int bit = model.nextSetBit(0);
        for (int i = 0; i < ranges.count(); i++) {
            assertEquals(bit, ranges.startAt(i));
            bit = model.nextClearBit(bit);
            assertEquals(bit, ranges.endAt(i));
            bit = model.nextSetBit(bit);
        }
        assertEquals(-1, bit);
    }

    private static void reportsNewestFirst(final OutOfOrder ranges, final long newest) {
        final long[] starts = new long[4];
        final long[] ends = new long[4];
        final int n = ranges.report(starts, ends, 0, 4);
        assertEquals(Math.min(4, ranges.count()), n);
        assertTrue(starts[0] <= newest && newest < ends[0]);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                assertTrue(starts[i] != starts[j], "reported twice");
            }
        }
    }

    @Test
    void shouldReportInOrderOfArrival() {
        final OutOfOrder ranges = new OutOfOrder();
        ranges.add(10, 20);
        ranges.add(30, 40);
        ranges.add(50, 60);
        ranges.add(20, 25);
        final long[] starts = new long[4];
        final long[] ends = new long[4];
        assertEquals(3, ranges.report(starts, ends, 0, 4));
        assertEquals(10, starts[0]);
        assertEquals(25, ends[0]);
        assertEquals(50, starts[1]);
        assertEquals(30, starts[2]);
    }

    @Test
    void shouldLimitRanges() {
        final OutOfOrder ranges = new OutOfOrder();
        for (int i = 0; i < OutOfOrder.MAX_RANGES; i++) {
            assertEquals(OutOfOrder.Result.NEW, ranges.add(10L * i, 10L * i + 1));
        }
        assertEquals(OutOfOrder.Result.FULL, ranges.add(1_000_000, 1_000_001));
        assertEquals(OutOfOrder.Result.NEW, ranges.add(1, 10));
        assertEquals(OutOfOrder.MAX_RANGES - 1, ranges.count());
    }
}
