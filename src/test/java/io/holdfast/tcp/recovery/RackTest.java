package io.holdfast.tcp.recovery;

import static io.holdfast.tcp.recovery.RecoveryState.DISORDER;
import static io.holdfast.tcp.recovery.RecoveryState.OPEN;
import static io.holdfast.tcp.recovery.RecoveryState.RECOVERY;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** RACK's reordering window, timer and adaptation (RFC 8985). */
final class RackTest {
    private static final int INFINITE = Integer.MAX_VALUE;

    @Test
    void shouldWaitAQuarterOfTheMinimumRttForALateSegment() {
        final ScriptedSender sender = ScriptedSender.reno();
        sender.write(4).at(100).ack(0, 1, 2).shows(DISORDER, 10, INFINITE);
        // 100 ms + 25 ms after it was sent, and the timer's 2 ms.
        assertEquals(127.0, sender.deadlineMs());
        sender.forget().at(126).sends().at(127).sends("R0:1").shows(RECOVERY, 3, 5);
    }

    @Test
    void shouldTakeTheLateSegmentForReordering() {
        final ScriptedSender sender = ScriptedSender.reno();
        sender.write(4).forget().at(100).ack(0, 1, 2).at(110).ack(2).shows(OPEN, 10, INFINITE).sends();
        assertEquals(1, sender.count(RecoveryEvent.SACK_REORDER));
        assertEquals(3, sender.recovery.reordering());
    }

    /** Reordering and growth in slow start: the window rises for what is delivered out of order, once that is normal. */
    @Test
    void shouldMeasureReorderingInSegments() {
        final ScriptedSender sender = new ScriptedSender("cubic", true, false, 20);
        sender.write(10).forget().at(20).ack(0, 9, 10).ack(0, 3, 4, 9, 10).counts(10, 2, 0, 0);
        sender.ack(10).counts(0, 0, 0, 0).shows(OPEN, 19, INFINITE);
        assertEquals(10, sender.recovery.reordering());
        assertEquals(2, sender.count(RecoveryEvent.SACK_REORDER));
        // Three SACKed segments mean nothing now: only time does.
        sender.at(45).write(2).forget();
        sender.at(65).ack(10, 11, 12).shows(DISORDER, 19, INFINITE);
        sender.at(85).shows(RECOVERY, 1, 13).sends("R10:11").counts(2, 1, 1, 1);
    }

    @Test
    void shouldNotWaitOnceThreeSegmentsAreSacked() {
        final ScriptedSender sender = ScriptedSender.reno();
        sender.write(10).forget().at(100).ack(0, 7, 10).counts(10, 3, 7, 3);
        // The threshold of 5 admits three of seven now.
        sender.sends("R0:1", "R1:2", "R2:3").shows(RECOVERY, 3, 5);
    }

    @Test
    void shouldFindALostRetransmission() {
        final ScriptedSender sender = ScriptedSender.reno();
        sender.write(12).forget().at(100).ack(0, 1, 4).sends("R0:1", "10:11").at(150).ack(0, 1, 10);
        sender.forget().at(200).ack(0, 1, 11).sends("R0:1");
        assertEquals(1, sender.count(RecoveryEvent.LOST_RETRANSMIT));
        assertEquals(2, sender.recovery.totalRetransmitted());
    }

    @Test
    void shouldCoverOnlyWholeSegments() {
        final ScriptedSender sender = ScriptedSender.reno().superSegments();
        sender.write(4).sends("0:4");
        sender.at(100).ack(0, 3.999, 4).shows(OPEN, 10, INFINITE).counts(4, 0, 0, 0);
        sender.ack(0, 1.5, 4).counts(4, 2, 0, 0).shows(DISORDER, 10, INFINITE);
        // Half of it was missing before: it came late, so that time decides about the first.
        sender.ack(0, 1, 4).shows(DISORDER, 10, INFINITE).counts(4, 3, 0, 0);
    }
}
