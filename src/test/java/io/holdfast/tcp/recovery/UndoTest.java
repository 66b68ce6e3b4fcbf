package io.holdfast.tcp.recovery;

import static io.holdfast.tcp.recovery.RecoveryState.DISORDER;
import static io.holdfast.tcp.recovery.RecoveryState.LOSS;
import static io.holdfast.tcp.recovery.RecoveryState.OPEN;
import static io.holdfast.tcp.recovery.RecoveryState.RECOVERY;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Needless reductions are taken back: Eifel (RFC 3522, 4015), D-SACK (RFC 3708), F-RTO (RFC 5682). */
final class UndoTest {
    private static final int INFINITE = Integer.MAX_VALUE;

    @Test
    void shouldUndoATimeoutWhenTheEchoIsOlderThanTheRetransmission() {
        final ScriptedSender sender = ScriptedSender.renoWithTimestamps();
        sender.write(1).forget().at(300).sends("P0:1").at(600).sends("R0:1").shows(LOSS, 1, 5);
        sender.at(610).ackEcho(0, 1).shows(OPEN, 10, INFINITE);
        assertEquals(1, sender.count(RecoveryEvent.LOSS_UNDO));
    }

    @Test
    void shouldNotUndoATimeoutWhoseRetransmissionWasAnswered() {
        final ScriptedSender sender = ScriptedSender.renoWithTimestamps();
        sender.write(1).forget().at(300).sends("P0:1").at(600).sends("R0:1");
        sender.at(700).ackEcho(600, 1).shows(OPEN, 2, 5);
        assertEquals(0, sender.count(RecoveryEvent.LOSS_UNDO));
    }

    @Test
    void shouldUndoRecoveryByDsack() {
        final ScriptedSender sender = ScriptedSender.reno();
        sender.write(10).at(100).ack(0, 1, 4).forget().shows(RECOVERY, 8, 5);
        sender.at(110).ack(4).shows(RECOVERY, 7, 5);
        sender.at(200).ack(4, 0, 1).shows(OPEN, 10, INFINITE);
        assertEquals(1, sender.count(RecoveryEvent.DSACK_UNDO));
    }

    @Test
    void shouldUndoRecoveryPartlyByTimestamp() {
        final ScriptedSender sender = ScriptedSender.renoWithTimestamps();
        sender.write(10).at(100).ackEcho(0, 0, 1, 4).forget().shows(RECOVERY, 8, 5);
        // The original came late, and its acknowledgement covers the hole: the retransmission was needless.
        sender.at(110).ackEcho(0, 4).shows(OPEN, 11, INFINITE);
        assertEquals(1, sender.count(RecoveryEvent.PARTIAL_UNDO));
    }

    /** RFC 5682 figure 1's spurious timeout: a delay spike, and the originals' acknowledgements arrive after all. */
    @Test
    void shouldUndoATimeoutWhenOriginalsAreAcknowledged() {
        final ScriptedSender sender = ScriptedSender.reno();
        sender.write(20).forget();
        sender.at(202).sends("P10:11").at(502).sends("R0:1").shows(LOSS, 1, 5);
        sender.at(510).ack(2).shows(OPEN, 12, INFINITE);
        assertEquals(1, sender.count(RecoveryEvent.SPURIOUS_RTOS));
    }

    @Test
    void shouldSendNewDataFirstWhenTheHeadAloneWasAnswered() {
        final ScriptedSender sender = ScriptedSender.reno();
        sender.write(20).forget();
        sender.at(202).sends("P10:11").at(502).sends("R0:1");
        // Only what was sent again is acknowledged: two new segments tell (step 2.b).
        sender.at(602).ack(1).sends("11:12", "12:13").shows(LOSS, 2, 5);
        // A SACK of the new data: the rest is lost indeed (step 3.a).
        sender.at(702).ack(1, 11, 12).sends("R1:2").shows(LOSS, 2, 5);
    }

    @Test
    void shouldUndoWhenTheNewDataBringsOutTheOriginals() {
        final ScriptedSender sender = ScriptedSender.reno();
        sender.write(20).forget();
        sender.at(202).forget().at(502).sends("R0:1").at(510).ack(1).sends("11:12", "12:13");
        sender.at(520).ack(2).shows(OPEN, 11, INFINITE);
        assertEquals(1, sender.count(RecoveryEvent.SPURIOUS_RTOS));
    }

    @Test
    void shouldFallBackWithoutNewData() {
        final ScriptedSender sender = ScriptedSender.reno();
        sender.write(10).forget();
        sender.at(202).sends("P9:10").at(502).sends("R0:1");
        sender.at(602).ack(1).sends("R1:2", "R2:3").shows(LOSS, 2, 5);
        sender.at(702).ack(3).sends("R3:4", "R4:5", "R5:6", "R6:7").shows(LOSS, 4, 5);
    }

    @Test
    void shouldKeepDisorderWhileSomethingIsOutOfOrder() {
        final ScriptedSender sender = ScriptedSender.reno();
        sender.write(10).at(100).ack(0, 1, 2).shows(DISORDER, 10, INFINITE).ack(2).shows(OPEN, 11, INFINITE);
    }
}
