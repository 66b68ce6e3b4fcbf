package io.holdfast.ip.reassembly;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.Counters;
import io.holdfast.counters.IpCounter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

final class ReassemblerTest {
    private static final int HEADER = 20;
    private final Counters counters = new Counters();
    private final List<Integer> timeouts = new ArrayList<>();
    private final Reassembler reassembler =
        new Reassembler(counters, (buffer, offset, length, nowNs) -> timeouts.add(length));

    /** A fragment, for the model. */
    private record Piece(int start, int end, boolean more) {
    }

    @Property(tries = 1000)
    void shouldPutTogetherWhatWasCutInAnyOrderWithDuplicates(
        @ForAll final long seed, @ForAll @IntRange(min = 1, max = 3000) final int length) {
        final Random random = new Random(seed);
        final byte[] whole = new byte[length];
        random.nextBytes(whole);
        final List<Piece> pieces = cut(length, random);
        final List<Piece> arrivals = new ArrayList<>(pieces);
        Collections.shuffle(arrivals, random);
        int complete = 0;
        final List<Piece> seen = new ArrayList<>();
        for (final Piece piece : arrivals) {
            if (!seen.isEmpty() && random.nextInt(3) == 0) {
                assertNull(add(1, seen.get(random.nextInt(seen.size())), whole));
            }
            final Reassembler.Whole result = add(1, piece, whole);
            seen.add(piece);
            assertEquals(seen.size() == pieces.size(), result != null);
            if (result != null) {
                complete++;
                assertEquals(HEADER + length, result.length);
                final byte[] bytes = new byte[length];
                result.buffer.getBytes(result.offset + HEADER, bytes);
                assertArrayEquals(whole, bytes);
                assertEquals(0x45, result.buffer.getByte(result.offset));
                reassembler.release(result);
            }
        }
        assertEquals(1, complete);
        assertEquals(0, reassembler.unfinished());
    }

    /** Against a model that keeps every byte: any fragment at all, until the model says complete or contradictory. */
    @Property(tries = 2000)
    void shouldAgreeWithATrivialModelOnAnyFragments(@ForAll final long seed) {
        final Random random = new Random(seed);
        final byte[] content = new byte[200];
        random.nextBytes(content);
        final boolean[] have = new boolean[200];
        final List<Piece> accepted = new ArrayList<>();
        int total = -1;
        boolean condemned = false;
        for (int step = 0; step < 30; step++) {
            final int start = random.nextInt(8) * 8;
            final boolean more = random.nextInt(4) != 0;
            final int end = start + (more ? (1 + random.nextInt(3)) * 8 : 1 + random.nextInt(24));
            final Piece piece = new Piece(start, end, more);
            final Reassembler.Whole result = add(7, piece, content);

            boolean duplicate = false;
            boolean contradiction = false;
            for (final Piece other : accepted) {
                duplicate |= other.start == start && other.end == end;
                contradiction |= other.start < end && start < other.end;
                contradiction |= !more && other.end > end;
            }
            contradiction |= total >= 0 && (more ? end >= total : end != total);
            if (condemned || duplicate) {
                assertNull(result);
                continue;
            }
            if (contradiction) {
                assertNull(result);
                condemned = true;
                continue;
            }
            accepted.add(piece);
            Arrays.fill(have, start, end, true);
            total = more ? total : end;
            boolean complete = total >= 0;
            for (int i = 0; i < total; i++) {
                complete &= have[i];
            }
            assertEquals(complete, result != null);
            if (complete) {
                final byte[] bytes = new byte[total];
                result.buffer.getBytes(result.offset + HEADER, bytes);
                assertArrayEquals(Arrays.copyOf(content, total), bytes);
                reassembler.release(result);
                return;
            }
        }
        reassembler.onTimer(Reassembler.TIMEOUT_NS);
        assertEquals(0, reassembler.unfinished());
    }

    @Test
    void shouldRefuseWhatNoDatagramCanContain() {
        final byte[] bytes = new byte[70_000];
        assertNull(add(1, new Piece(0, 9, true), bytes));
        assertNull(add(1, new Piece(8, 8, false), bytes));
        assertNull(add(1, new Piece(65_512, 65_520, false), bytes));

        assertEquals(3, counters.get(IpCounter.REASM_BAD_FRAGMENT));
        assertEquals(0, reassembler.unfinished());
    }

    @Test
    void shouldCondemnTheRestOfAnOverlappingDatagram() {
        final byte[] bytes = new byte[64];
        add(1, new Piece(0, 16, true), bytes);
        add(1, new Piece(8, 24, true), bytes);
        assertEquals(0, reassembler.unfinished());
        assertNull(add(1, new Piece(16, 32, false), bytes));
        assertNull(add(1, new Piece(0, 16, true), bytes));

        assertEquals(1, counters.get(IpCounter.REASM_OVERLAP));
        assertEquals(2, counters.get(IpCounter.REASM_POISONED));
    }

    @Test
    void shouldKeepDatagramsApart() {
        final byte[] bytes = new byte[64];
        assertNull(add(1, new Piece(0, 16, true), bytes));
        assertNull(add(2, new Piece(16, 32, false), bytes));
        assertNotNull(add(1, new Piece(16, 32, false), bytes));
    }

    @Test
    void shouldGiveUpInTimeAndReportOnlyFirstFragments() {
        final byte[] bytes = new byte[64];
        add(1, new Piece(0, 16, true), bytes);
        add(2, new Piece(16, 32, false), bytes);
        assertEquals(Reassembler.TIMEOUT_NS, reassembler.nextDeadlineNs());
        reassembler.onTimer(Reassembler.TIMEOUT_NS - 1);
        assertEquals(2, reassembler.unfinished());
        reassembler.onTimer(Reassembler.TIMEOUT_NS);

        assertEquals(0, reassembler.unfinished());
        assertEquals(List.of(HEADER + 16), timeouts);
        assertEquals(2, counters.get(IpCounter.REASM_TIMEOUT));
    }

    @Test
    void shouldBoundDatagramsOfOneSourceAndInAll() {
        final byte[] bytes = new byte[64];
        for (int id = 0; id < Reassembler.MAX_PER_SOURCE + 5; id++) {
            add(id, new Piece(0, 16, true), bytes);
        }
        assertEquals(Reassembler.MAX_PER_SOURCE, reassembler.unfinished());
        assertEquals(5, counters.get(IpCounter.REASM_SOURCE_LIMIT));
        // The newest are the ones that may still be finished.
        assertNotNull(add(Reassembler.MAX_PER_SOURCE + 4, new Piece(16, 32, false), bytes));
        assertNull(add(0, new Piece(16, 32, false), bytes));
        for (int source = 0; source < 1000; source++) {
            add(source, source, new Piece(0, 16, true), bytes);
        }
        assertTrue(reassembler.unfinished() <= Reassembler.MAX_DATAGRAMS);
        assertTrue(counters.get(IpCounter.REASM_EVICTED) > 900);
    }

    @Test
    void shouldBoundCondemnedDatagrams() {
        final byte[] bytes = new byte[64];
        for (int id = 0; id < 2 * Reassembler.MAX_ENTRIES; id++) {
            add(id, id, new Piece(0, 16, true), bytes);
            add(id, id, new Piece(8, 16, true), bytes);
        }
        assertEquals(0, reassembler.unfinished());
        assertEquals(2 * Reassembler.MAX_ENTRIES, counters.get(IpCounter.REASM_OVERLAP));
    }

    @Test
    void shouldBoundFragments() {
        final byte[] bytes = new byte[4096];
        for (int i = 0; i <= Reassembler.MAX_FRAGMENTS; i++) {
            assertNull(add(1, new Piece(i * 8, i * 8 + 8, true), bytes));
        }
        assertEquals(1, counters.get(IpCounter.REASM_TOO_MANY_FRAGMENTS));
    }

    private static List<Piece> cut(final int length, final Random random) {
        final List<Piece> pieces = new ArrayList<>();
        int at = 0;
        while (at < length) {
            final int end = Math.min(length, at + 8 * (1 + random.nextInt(40)));
            pieces.add(new Piece(at, end, end < length));
            at = end;
        }
        return pieces;
    }

    private Reassembler.Whole add(final int id, final Piece piece, final byte[] content) {
        return add(id, 1, piece, content);
    }

    private Reassembler.Whole add(final int id, final long source, final Piece piece, final byte[] content) {
        final int length = piece.end - piece.start;
        final UnsafeBuffer packet = new UnsafeBuffer(new byte[HEADER + length]);
        packet.putByte(0, (byte) 0x45);
        packet.putBytes(HEADER, content, piece.start, length);
        return reassembler.add(
            0, source, 0, 2, 17, id, piece.start, piece.more, packet, 0, HEADER, length, 0);
    }
}
