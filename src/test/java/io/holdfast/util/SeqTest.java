package io.holdfast.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

final class SeqTest {
    @Property
    void shouldOrderNumbersByTheirDistance(
        @ForAll final int a, @ForAll @IntRange(min = 1) final int distance) {
        final int b = a + distance;
        assertTrue(Seq.lt(a, b));
        assertTrue(Seq.leq(a, b));
        assertFalse(Seq.gt(a, b));
        assertFalse(Seq.geq(a, b));
        assertTrue(Seq.gt(b, a));
        assertTrue(Seq.geq(b, a));
        assertFalse(Seq.lt(b, a));
        assertFalse(Seq.leq(b, a));
    }

    @Property
    void shouldFindANumberEqualToItself(@ForAll final int a) {
        assertTrue(Seq.leq(a, a));
        assertTrue(Seq.geq(a, a));
        assertFalse(Seq.lt(a, a));
        assertFalse(Seq.gt(a, a));
    }

    @Property
    void shouldUnwrapToTheOffsetNearTheReference(
        @ForAll final int origin,
        @ForAll @LongRange(min = 0, max = 1L << 60) final long offset,
        @ForAll @IntRange(min = -Integer.MAX_VALUE) final int away) {
        final int seq = origin + (int) offset;
        assertEquals(offset, Seq.unwrap(seq, origin, offset + away));
    }

    @Property
    void shouldUnwrapNumbersBeforeTheOriginToNegativeOffsets(
        @ForAll final int origin, @ForAll @IntRange(min = 1, max = 1 << 30) final int before) {
        assertEquals(-before, Seq.unwrap(origin - before, origin, 0));
    }
}
