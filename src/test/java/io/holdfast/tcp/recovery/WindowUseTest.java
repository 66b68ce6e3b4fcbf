package io.holdfast.tcp.recovery;

import static io.holdfast.tcp.recovery.RecoveryState.OPEN;

import org.junit.jupiter.api.Test;

/** The window grows only if it is used, and decays if not (RFC 5681 4.1, 2861, 7661). */
final class WindowUseTest {
    private static final int INFINITE = Integer.MAX_VALUE;

    @Test
    void shouldGrowWhileTheWindowIsFull() {
        final ScriptedSender sender = ScriptedSender.reno();
        sender.write(100).at(100).ack(10).shows(OPEN, 20, INFINITE).at(200).ack(30).shows(OPEN, 40, INFINITE);
    }

    @Test
    void shouldNotGrowForALoneSegment() {
        final ScriptedSender sender = ScriptedSender.reno();
        sender.write(1).at(100).ack(1).write(1).at(200).ack(2).shows(OPEN, 10, INFINITE);
    }

    @Test
    void shouldGrowInSlowStartUpToTwiceWhatWasOut() {
        final ScriptedSender sender = ScriptedSender.reno();
        sender.write(6).at(100).ack(3).shows(OPEN, 13, INFINITE).ack(6).shows(OPEN, 13, INFINITE);
    }

    @Test
    void shouldHalveTheWindowForEachTimeoutOfIdleness() {
        final ScriptedSender sender = ScriptedSender.reno();
        sender.write(70).at(100).ack(10).at(200).ack(30).at(300).ack(70).shows(OPEN, 80, INFINITE);
        // RTO 300 ms: 1200 ms later three halvings are due, but the initial window stays.
        sender.at(1_500).write(5).shows(OPEN, 10, INFINITE);
    }

    @Test
    void shouldKeepTheWindowOverIdlenessIfToldSo() {
        final ScriptedSender sender = ScriptedSender.reno();
        sender.recovery.slowStartAfterIdle(false);
        sender.write(30).at(100).ack(10).at(200).ack(30).at(60_000).write(5).shows(OPEN, 40, INFINITE);
    }

    /** Nine segments out of a window of ten: it may grow to eighteen. */
    @Test
    void shouldGrowToTwiceNineSegments() {
        final ScriptedSender sender = ScriptedSender.reno();
        sender.write(9).at(105).ack(2).shows(OPEN, 12, INFINITE).at(110).ack(4).shows(OPEN, 14, INFINITE);
        sender.at(115).ack(6).shows(OPEN, 16, INFINITE).at(120).ack(8).shows(OPEN, 18, INFINITE);
        sender.at(125).ack(9).shows(OPEN, 18, INFINITE);
    }

    @Test
    void shouldRestartFromTheInitialWindowAfterTwoSeconds() {
        final ScriptedSender sender = new ScriptedSender("cubic", true, false, 100);
        sender.write(26).at(100).ack(10).shows(OPEN, 20, INFINITE).at(200).ack(26).shows(OPEN, 36, INFINITE);
        sender.at(2_200).write(20).shows(OPEN, 10, INFINITE);
    }
}
