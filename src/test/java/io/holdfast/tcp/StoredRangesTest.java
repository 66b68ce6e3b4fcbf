package io.holdfast.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.util.SeededRandom;
import java.util.BitSet;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class StoredRangesTest {
    private static final int MOST = 4;

    // Not final: a property begins with new ones in each try.
    private OutOfOrder held = new OutOfOrder();
    private StoredRanges stored = new StoredRanges();
    private final long[] starts = new long[MOST];
    private final long[] ends = new long[MOST];

    private void arrives(final long from, final long to) {
        held.add(from, to);
        stored.onChange();
    }

    @Test
    void shouldReportARangeOnceItIsStored() {
        arrives(10, 20);
        assertTrue(stored.newsHeld());
        stored.mark(5, 4, held);
        assertFalse(stored.any());
        assertFalse(stored.onCommitted(4));
        assertTrue(stored.onCommitted(5));
        assertFalse(stored.newsHeld());
        assertEquals(1, stored.report(starts, ends, 0, MOST, 0));
        assertEquals(10, starts[0]);
        assertEquals(20, ends[0]);
    }

    @Test
    void shouldLetWhatComesMeanwhileWait() {
        arrives(10, 20);
        stored.mark(5, 4, held);
        arrives(30, 40);
        stored.mark(6, 4, held);
        stored.onCommitted(5);
        assertEquals(1, stored.report(starts, ends, 0, MOST, 0));
        stored.onReported();
        assertTrue(stored.newsHeld());
        stored.mark(6, 5, held);
        stored.onCommitted(6);
        assertEquals(2, stored.report(starts, ends, 0, MOST, 0));
    }

    @Test
    void shouldForgetWhatTheAcknowledgementReached() {
        arrives(10, 20);
        arrives(30, 40);
        stored.mark(5, 5, held);
        assertEquals(1, stored.report(starts, ends, 0, MOST, 20));
        assertEquals(30, starts[0]);
    }

    /** C5: nothing is reported that was not held when something stored was marked. */
    @Property(tries = 300)
    void shouldReportOnlyWhatIsStored(@ForAll final long seed) {
        held = new OutOfOrder();
        stored = new StoredRanges();
        final SeededRandom random = new SeededRandom(seed);
        final TreeMap<Long, BitSet> heldAt = new TreeMap<>();
        final BitSet now = new BitSet();
        long sequence = 0;
        long committed = 0;
        for (int i = 0; i < 200; i++) {
            switch (random.nextInt(3)) {
                case 0 -> {
                    final int from = 1 + random.nextInt(200);
                    final int to = from + 1 + random.nextInt(10);
                    now.set(from, to);
                    arrives(from, to);
                    sequence++;
                }
                case 1 -> {
                    stored.mark(sequence, committed, held);
                    heldAt.put(sequence, (BitSet) now.clone());
                }
                default -> {
                    committed = Math.min(sequence, committed + random.nextInt(4));
                    stored.onCommitted(committed);
                }
            }
            final int n = stored.report(starts, ends, 0, MOST, 0);
            final BitSet allowed = heldAt.floorEntry(committed) == null ? new BitSet()
                : heldAt.floorEntry(committed).getValue();
            for (int k = 0; k < n; k++) {
                final int from = (int) starts[k];
                assertTrue(allowed.nextClearBit(from) >= ends[k], "reports " + from + "-" + ends[k] + ", stored "
                    + allowed);
            }
        }
    }
}
