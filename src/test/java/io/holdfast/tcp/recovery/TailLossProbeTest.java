package io.holdfast.tcp.recovery;

import static io.holdfast.tcp.recovery.RecoveryState.LOSS;
import static io.holdfast.tcp.recovery.RecoveryState.OPEN;
import static io.holdfast.tcp.recovery.RecoveryState.RECOVERY;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Tail loss probes (RFC 8985 7). */
final class TailLossProbeTest {
    private static final int INFINITE = Integer.MAX_VALUE;

    @Test
    void shouldProbeWithTheLastSegmentAfterTwoRoundTrips() {
        final ScriptedSender sender = ScriptedSender.reno();
        sender.write(4).forget();
        assertEquals(202.0, sender.deadlineMs());
        sender.at(202).sends("P3:4").shows(OPEN, 10, INFINITE).counts(4, 0, 0, 0);
        // The timeout starts from the probe.
        assertEquals(502.0, sender.deadlineMs());
        sender.at(502).sends("R0:1").shows(LOSS, 1, 5);
    }

    @Test
    void shouldAllowForADelayedAcknowledgementOfALoneSegment() {
        final ScriptedSender sender = ScriptedSender.reno();
        sender.write(1).sends("0:1");
        // 2 * 100 + 200 would be later than the timeout, which is 300.
        assertEquals(300.0, sender.deadlineMs());
        sender.at(300).sends("P0:1").shows(OPEN, 10, INFINITE);
        assertEquals(600.0, sender.deadlineMs());
    }

    @Test
    void shouldProbeWithNewDataBeyondTheWindow() {
        final ScriptedSender sender = ScriptedSender.reno();
        sender.write(12).forget().at(202).sends("P10:11").counts(11, 0, 0, 0);
        sender.at(250).ack(11).shows(OPEN, 21, INFINITE).counts(1, 0, 0, 0).sends("11:12");
    }

    @Test
    void shouldRecoverTheTailByRack() {
        final ScriptedSender sender = ScriptedSender.reno();
        sender.write(10).forget().at(100).ack(7).forget();
        sender.at(302).sends("P9:10");
        sender.at(402).ack(7, 9, 10).sends("R7:8").shows(RECOVERY, 1, 8);
        sender.at(502).ack(8, 9, 10).sends("R8:9");
        sender.at(602).ack(10).shows(OPEN, 8, 8);
    }

    @Test
    void shouldReduceTheWindowIfTheProbeRepairedALoss() {
        final ScriptedSender sender = ScriptedSender.reno();
        sender.write(10).at(100).ack(9).forget();
        // One segment out: min(2 * 100 + 200, RTO 300).
        sender.at(400).sends("P9:10");
        sender.at(500).ack(10).shows(OPEN, 20, INFINITE);
        sender.write(1).forget().shows(OPEN, 15, INFINITE).at(600).ack(11).shows(OPEN, 7, 7);
        assertEquals(1, sender.count(RecoveryEvent.LOSS_PROBE_RECOVERY));
    }

    @Test
    void shouldNotReduceIfADsackShowsThatNothingWasLost() {
        final ScriptedSender sender = ScriptedSender.reno();
        sender.write(10).at(100).ack(9).forget();
        sender.at(400).sends("P9:10").at(410).ack(10).at(500).ack(10, 9, 10);
        // Decayed for want of use, not reduced.
        sender.write(1).forget().at(600).ack(11).shows(OPEN, 15, INFINITE);
        assertEquals(0, sender.count(RecoveryEvent.LOSS_PROBE_RECOVERY));
    }

    @Test
    void shouldProbeOnceAnEpisode() {
        final ScriptedSender sender = ScriptedSender.reno();
        sender.write(4).forget().at(202).sends("P3:4").at(500).sends();
        assertEquals(1, sender.count(RecoveryEvent.LOSS_PROBES));
    }
}
