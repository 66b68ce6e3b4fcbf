package io.holdfast.tcp.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The scoreboard against a trivial model: a map from every byte in flight to its fate and the time it was last sent. */
final class ScoreboardModelTest {
    private static final int MSS = 10;

    private static final class Model {
        long una;
        long nxt;
        final List<Integer> fates = new ArrayList<>();
        final List<Long> times = new ArrayList<>();

        int fate(final long offset) {
            return fates.get((int) offset);
        }
    }

    @Property(tries = 300)
    void shouldEqualAMapOfBytes(@ForAll final long seed, @ForAll @IntRange(min = 10, max = 200) final int steps) {
        final Random random = new Random(seed);
        final Scoreboard board = new Scoreboard();
        final Model model = new Model();
        for (int step = 0; step < steps; step++) {
            final int pick = random.nextInt(10);
            if (pick < 3) {
                send(board, model, 1 + random.nextInt(8 * MSS), step);
            } else if (pick < 5) {
                acknowledge(board, model, random);
            } else if (board.count() > 0) {
                changeOne(board, model, random, step);
            }
            compare(board, model);
        }
    }

    private static void send(final Scoreboard board, final Model model, final int bytes, final int step) {
        board.append(model.nxt, model.nxt + bytes, MSS, step, step, 1);
        for (int i = 0; i < bytes; i++) {
            model.fates.add(0);
            model.times.add((long) step);
        }
        model.nxt += bytes;
    }

    private static void acknowledge(final Scoreboard board, final Model model, final Random random) {
        if (model.nxt == model.una) {
            return;
        }
        final long to = model.una + random.nextInt((int) (model.nxt - model.una) + 1);
        while (board.count() > 0 && board.end[board.slotAt(0)] <= to) {
            board.removeHead();
        }
        final int slot = board.count() > 0 ? board.slotAt(0) : -1;
        if (slot >= 0 && board.segments[slot] > 1 && to > board.start[slot]) {
            board.trimHead(to);
            model.una = to;
        } else {
            model.una = slot >= 0 ? board.start[slot] : model.nxt;
        }
    }

    /** Splits somewhere, or changes the fate of one record. */
    private static void changeOne(final Scoreboard board, final Model model, final Random random, final int step) {
        final int index = random.nextInt(board.count());
        final int slot = board.slotAt(index);
        switch (random.nextInt(5)) {
            case 0:
                if (board.segments[slot] > 1) {
                    board.split(index, board.start[slot] + MSS, MSS);
                }
                break;
            case 1:
                if ((board.flags[slot] & Scoreboard.SACKED) == 0) {
                    board.clearLost(slot);
                    board.clearRetransmitted(slot);
                    board.markSacked(slot);
                    paint(board, model, slot, ~0, Scoreboard.SACKED);
                    paint(board, model, slot, ~(Scoreboard.LOST | Scoreboard.RETRANSMITTED), 0);
                    board.joinSacked(index + 1);
                    board.joinSacked(index);
                }
                break;
            case 2:
                if ((board.flags[slot] & Scoreboard.SACKED) == 0) {
                    final boolean again = (board.flags[slot] & Scoreboard.LOST) != 0;
                    board.markLost(slot);
                    paint(board, model, slot, again ? ~Scoreboard.RETRANSMITTED : ~0, Scoreboard.LOST);
                }
                break;
            case 3:
                final int lost = board.nextLost();
                if (lost >= 0) {
                    final int again = board.slotAt(lost);
                    board.resent(again, MSS, step, step, 1);
                    board.markRetransmitted(again);
                    paint(board, model, again, ~0, Scoreboard.RETRANSMITTED | Scoreboard.EVER_RETRANSMITTED);
                    for (long at = board.start[again]; at < board.end[again]; at++) {
                        model.times.set((int) at, (long) step);
                    }
                }
                break;
            default:
                board.clearRetransmitted(slot);
                paint(board, model, slot, ~Scoreboard.RETRANSMITTED, 0);
                break;
        }
    }

    private static void paint(final Scoreboard board, final Model model, final int slot, final int mask, final int add) {
        for (long at = board.start[slot]; at < board.end[slot]; at++) {
            model.fates.set((int) at, model.fate(at) & mask | add);
        }
    }

    private static void compare(final Scoreboard board, final Model model) {
        long at = model.una;
        int packets = 0;
        int sacked = 0;
        int lost = 0;
        int retransmitted = 0;
        long firstWaiting = -1;
        for (int index = 0; index < board.count(); index++) {
            final int slot = board.slotAt(index);
            assertEquals(at, board.start[slot], "records follow each other");
            assertTrue(board.end[slot] > at);
            final int fate = board.flags[slot];
            for (; at < board.end[slot]; at++) {
                assertEquals(model.fate(at), fate, "fate at " + at);
                if ((fate & Scoreboard.SACKED) == 0) {
                    assertEquals(model.times.get((int) at).longValue(), board.sentNs[slot]);
                }
                assertEquals(index, board.indexOf(at));
            }
            final int segments = board.segments[slot];
            assertTrue(segments >= 1 && segments <= board.end[slot] - board.start[slot]);
            packets += segments;
            sacked += (fate & Scoreboard.SACKED) != 0 ? segments : 0;
            lost += (fate & Scoreboard.LOST) != 0 ? segments : 0;
            retransmitted += (fate & Scoreboard.RETRANSMITTED) != 0 ? segments : 0;
            if (firstWaiting < 0
                && (fate & (Scoreboard.LOST | Scoreboard.SACKED | Scoreboard.RETRANSMITTED)) == Scoreboard.LOST) {
                firstWaiting = board.start[slot];
            }
        }
        assertEquals(model.nxt, at, "records reach the end");
        assertEquals(packets, board.packetsOut);
        assertEquals(sacked, board.sackedOut);
        assertEquals(lost, board.lostOut);
        assertEquals(retransmitted, board.retransOut);
        assertInSendingOrder(board);
        final int waiting = firstWaiting < 0 ? -1 : board.indexOf(firstWaiting);
        // A record whose retransmission a D-SACK took back is found when it is marked lost again, not before.
        final int found = board.nextLost();
        assertTrue(found == waiting || found > waiting || found == -1, "next lost");
    }

    private static void assertInSendingOrder(final Scoreboard board) {
        long last = Long.MIN_VALUE;
        int linked = 0;
        for (int slot = board.firstSent(); slot != Scoreboard.NIL; slot = board.nextSent(slot)) {
            assertTrue(board.sentNs[slot] >= last, "order of transmission");
            last = board.sentNs[slot];
            linked++;
        }
        int expected = 0;
        for (int index = 0; index < board.count(); index++) {
            expected += (board.flags[board.slotAt(index)] & Scoreboard.SACKED) == 0 ? 1 : 0;
        }
        assertEquals(expected, linked);
    }
}
