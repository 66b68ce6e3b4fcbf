package io.holdfast.tcp.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** RFC 6298 with Linux's floor of the variance term and its decay. */
final class RttEstimatorTest {
    private static final long MS = 1_000_000;

    private final RttEstimator rtt = new RttEstimator(200 * MS);

    @Test
    void shouldBeginWithOneSecondAndThreeTimesTheFirstSample() {
        assertEquals(1_000 * MS, rtt.rtoNs());
        assertEquals(0, rtt.srttNs());
        assertEquals(0, rtt.minRttNs());
        rtt.onSample(150 * MS, 0);
        assertEquals(150 * MS, rtt.srttNs());
        assertEquals(450 * MS, rtt.rtoNs());
        assertEquals(75 * MS, rtt.rttVarNs());
        assertEquals(150 * MS, rtt.minRttNs());
    }

    @Test
    void shouldAddAtLeastTheMinimumToTheSmoothedRtt() {
        rtt.onSample(10 * MS, 0);
        assertEquals(210 * MS, rtt.rtoNs());
    }

    @Test
    void shouldSmoothByAnEighth() {
        rtt.onSample(100 * MS, 0);
        rtt.onSampleUs(180_000, 1, 2);
        assertEquals(110 * MS, rtt.srttNs());
    }

    @Test
    void shouldRaiseTheVarianceAtOnceAndLowerItARoundTripAtATime() {
        rtt.onSample(100 * MS, 0);
        rtt.onSampleUs(500_000, 0, 100);
        final long raised = rtt.rtoNs() - rtt.srttNs();
        assertEquals(550 * MS, raised);
        for (int i = 0; i < 50; i++) {
            rtt.onSampleUs(150_000, 50, 100);
        }
        assertEquals(raised, rtt.rtoNs() - rtt.srttNs(), 1 * MS, "the same round trip");
        long offset = 100;
        for (int i = 0; i < 200; i++) {
            offset += 100;
            rtt.onSampleUs(150_000, offset, offset + 50);
        }
        assertEquals(350 * MS, rtt.rtoNs(), 5 * MS);
    }

    @Test
    void shouldForgetTheMinimumAfterFiveMinutes() {
        final long second = 1_000 * MS;
        rtt.onSample(10 * MS, 0);
        for (int i = 1; i <= 290; i++) {
            rtt.onSample(30 * MS, i * second);
            assertEquals(10 * MS, rtt.minRttNs());
        }
        for (int i = 291; i <= 700; i++) {
            rtt.onSample(30 * MS, i * second);
        }
        assertEquals(30 * MS, rtt.minRttNs());
    }

    @Test
    void shouldBeCarefulAfterAHandshakeWithoutASample() {
        final ScriptedSender sender = new ScriptedSender("reno", true, false, -1);
        assertEquals(3_000 * MS, sender.recovery.rtoNs());
        sender.write(1);
        // No sample: a probe after a second.
        assertEquals(1_000.0, sender.deadlineMs());
    }
}
