package io.holdfast.tcp.recovery;

import static io.holdfast.tcp.recovery.RecoveryState.LOSS;
import static io.holdfast.tcp.recovery.RecoveryState.OPEN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.util.Deadline;
import org.junit.jupiter.api.Test;

/** Retransmission timeout and backoff (RFC 6298, 5681). */
final class TimeoutTest {
    @Test
    void shouldBackOffAndKeepTheBackoffUntilASample() {
        final ScriptedSender sender = ScriptedSender.withoutSack();
        sender.write(1).sends("0:1");
        // srtt 100, variance term max(200, 4 * 50): RTO 300.
        assertEquals(300.0, sender.deadlineMs());
        sender.at(300).sends("R0:1").shows(LOSS, 1, 5);
        assertEquals(900.0, sender.deadlineMs());
        sender.at(900).sends("R0:1");
        assertEquals(2100.0, sender.deadlineMs());
        assertEquals(2, sender.recovery.backoff());
        sender.at(1000).ack(1).shows(LOSS, 2, 5);
        assertEquals(2, sender.recovery.backoff(), "no sample from a retransmission (Karn)");
        assertEquals(0, sender.recovery.timeouts());
        assertEquals(Deadline.NONE, sender.recovery.deadlineNs());
        sender.write(1).sends("1:2");
        assertEquals(2200.0, sender.deadlineMs());
        sender.at(1100).ack(2).shows(OPEN, 2, 5);
        assertEquals(0, sender.recovery.backoff());
    }
}
