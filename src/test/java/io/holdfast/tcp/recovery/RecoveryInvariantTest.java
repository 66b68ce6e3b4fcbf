package io.holdfast.tcp.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.util.Deadline;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** For any acknowledgements of a peer, sensible or not, counters stay consistent, the timer armed, and the end is reached. */
final class RecoveryInvariantTest {
    @Property(tries = 400)
    void shouldStayConsistent(@ForAll final long seed, @ForAll final boolean sack, @ForAll final boolean timestamps,
        @ForAll final boolean superSegments, @ForAll @IntRange(min = 10, max = 300) final int steps) {
        final Random random = new Random(seed);
        final ScriptedSender sender = new ScriptedSender(random.nextBoolean() ? "reno" : "cubic", sack, timestamps,
            random.nextInt(4) == 0 ? -1 : 1 + random.nextInt(200));
        if (superSegments) {
            sender.superSegments();
        }
        double now = 0;
        double una = 0;
        double written = 0;
        for (int step = 0; step < steps; step++) {
            now += random.nextInt(8) == 0 ? random.nextInt(2_000) : random.nextInt(30);
            sender.at(now);
            if (random.nextInt(3) == 0) {
                final int segments = 1 + random.nextInt(12);
                written += random.nextInt(5) == 0 ? segments - 0.5 : segments;
                sender.write(0).forget();
                sender.write(written - sender.written());
            }
            final double nxt = sender.sndNxt();
            if (random.nextInt(3) == 0 && nxt > una) {
                una = Math.min(nxt, una + (random.nextInt(6) == 0 ? random.nextDouble() * 3 : random.nextInt(5)));
            }
            final double[] ranges = sack ? ranges(random, una, nxt) : new double[0];
            if (timestamps) {
                sender.ackEcho(Math.floor(random.nextDouble() * now), una, ranges);
            } else {
                sender.ack(una, ranges);
            }
            check(sender);
        }
        drain(sender, now, sack);
    }

    /** Small segments joined for a retransmission may have been those that duplicates stood for. */
    @Test
    void shouldStayConsistentWhenDuplicatesStoodForWhatIsJoined() {
        shouldStayConsistent(277_317, false, true, false, 33);
    }

    private static double[] ranges(final Random random, final double una, final double nxt) {
        final int count = random.nextInt(4);
        final double[] ranges = new double[2 * count];
        for (int i = 0; i < count; i++) {
            final boolean below = i == 0 && random.nextInt(4) == 0;
            final double from = below ? Math.max(0, una - 1 - random.nextInt(4)) : una + 1 + random.nextInt(12);
            final double odd = random.nextInt(6) == 0 ? random.nextDouble() : 0;
            ranges[2 * i] = from + odd;
            ranges[2 * i + 1] = Math.min(nxt + random.nextInt(2), from + odd + 1 + random.nextInt(6));
        }
        return ranges;
    }

    /** A peer that lets everything through from now on gets everything. */
    private static void drain(final ScriptedSender sender, final double begin, final boolean sack) {
        double now = begin;
        for (int round = 0; round < 400 && sender.recovery.unacked() > 0; round++) {
            now += 130_000;
            sender.at(now);
            sender.ack(sender.sndNxt());
            check(sender);
        }
        assertEquals(0, sender.recovery.unacked());
        assertEquals(0, sender.recovery.sacked());
        assertEquals(0, sender.recovery.lost());
        assertEquals(0, sender.recovery.retransmitted());
        assertEquals(Deadline.NONE, sender.recovery.deadlineNs());
        assertEquals(0, sender.recovery.inFlight());
    }

    private static void check(final ScriptedSender sender) {
        final LossRecovery recovery = sender.recovery;
        final Scoreboard board = recovery.board();
        int packets = 0;
        int sacked = 0;
        int lost = 0;
        int retransmitted = 0;
        for (int index = 0; index < board.count(); index++) {
            final int slot = board.slotAt(index);
            final int segments = board.segments[slot];
            packets += segments;
            sacked += (board.flags[slot] & Scoreboard.SACKED) != 0 ? segments : 0;
            lost += (board.flags[slot] & Scoreboard.LOST) != 0 ? segments : 0;
            retransmitted += (board.flags[slot] & Scoreboard.RETRANSMITTED) != 0 ? segments : 0;
            assertTrue((board.flags[slot] & (Scoreboard.SACKED | Scoreboard.LOST))
                != (Scoreboard.SACKED | Scoreboard.LOST), "SACKED and lost");
        }
        assertEquals(packets, recovery.unacked());
        if (sender.sack()) {
            assertEquals(sacked, recovery.sacked());
        }
        assertEquals(lost, recovery.lost());
        assertEquals(retransmitted, recovery.retransmitted());
        assertTrue(recovery.sacked() + recovery.lost() <= packets, "left out");
        assertTrue(recovery.inFlight() >= 0, "in flight");
        assertTrue(sender.cwnd() >= 1 && sender.congestion.ssthresh() >= 2, "window");
        assertEquals(packets == 0, recovery.deadlineNs() == Deadline.NONE, "a timer runs while something is in flight");
    }
}
