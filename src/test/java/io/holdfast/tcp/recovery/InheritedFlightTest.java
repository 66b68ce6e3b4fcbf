package io.holdfast.tcp.recovery;

import static io.holdfast.tcp.recovery.RecoveryState.OPEN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Data that another host had in flight when this one went on in its place. */
final class InheritedFlightTest {
    private static final int INFINITE = Integer.MAX_VALUE;

    @Test
    void shouldTakeUpTheWindowUntilItIsAcknowledged() {
        final ScriptedSender sender = ScriptedSender.reno().inherits(8).counts(8, 0, 0, 0);
        sender.write(6).sends("8:9", "9:10");
        sender.at(5).ack(2).sends("10:11", "11:12", "12:13", "13:14").shows(OPEN, 12, INFINITE);
        sender.at(6).ack(14).counts(0, 0, 0, 0);
        assertEquals(0, sender.recovery.totalRetransmitted());
    }

    @Test
    void shouldNotMakeThePathLookShorterThanItIs() {
        final ScriptedSender sender = ScriptedSender.reno().inherits(8);
        sender.at(1).ack(8);
        assertEquals(100_000, sender.rtt.minRttUs());
    }

    @Test
    void shouldFindOutWhatOfItWasLost() {
        final ScriptedSender sender = ScriptedSender.reno().inherits(8);
        sender.write(2).forget().at(100).ack(2, 3, 10).sends("R2:3");
        sender.at(200).ack(10).counts(0, 0, 0, 0);
        assertEquals(1, sender.recovery.totalRetransmitted());
    }

    @Test
    void shouldSendItAgainIfNothingIsHeardOfIt() {
        final ScriptedSender sender = ScriptedSender.reno().inherits(3);
        sender.at(1_000);
        assertEquals(true, sender.recovery.totalRetransmitted() > 0);
    }
}
