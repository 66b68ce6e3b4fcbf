package io.holdfast.tcp.recovery;

import static io.holdfast.tcp.recovery.RecoveryState.OPEN;
import static io.holdfast.tcp.recovery.RecoveryState.RECOVERY;

import org.junit.jupiter.api.Test;

/** Proportional Rate Reduction with its slow start reduction bound (RFC 6937), as observed from Linux. */
final class PrrTest {
    /** Twenty segments from a window of ten; 0 to 3 and 10 to 15 are lost. */
    @Test
    void shouldConserveThenSlowStartThenKeepTheThreshold() {
        final ScriptedSender sender = new ScriptedSender("cubic", true, false, 10);
        sender.write(20).forget();
        sender.at(10).ack(0, 4, 5).sends("10:11");
        sender.at(12).ack(0, 4, 6).sends("11:12");
        sender.at(14).ack(0, 4, 7).sends("R0:1").shows(RECOVERY, 6, 7).counts(12, 3, 4, 1);
        sender.at(16).ack(0, 4, 8).sends("R1:2");
        sender.at(18).ack(0, 4, 9).sends("R2:3");
        sender.at(20).ack(0, 4, 10).sends("R3:4");
        sender.at(22).ack(0, 4, 11).sends("12:13");
        sender.at(24).ack(0, 4, 12).sends("13:14");
        // 0 arrives: nothing more is lost, in flight is below the threshold, so one more than was delivered leaves.
        sender.at(34).ack(1, 4, 12).sends("14:15", "15:16");
        // 2 and 3 arrive, both sent after 1: its retransmission is lost too.
        sender.at(36).ack(1, 2, 12).sends("R1:2", "16:17");
        sender.at(38).ack(1, 2, 13).sends("17:18");
        sender.at(40).ack(1, 2, 14).sends("18:19");
    }

    @Test
    void shouldEndAtTheThresholdAfterOneLoss() {
        final ScriptedSender sender = new ScriptedSender("cubic", true, false, 100);
        sender.write(30).forget();
        sender.at(100).ack(0, 1, 2).ack(0, 1, 3).ack(0, 1, 4).shows(RECOVERY, 9, 7);
        for (int i = 5; i <= 10; i++) {
            sender.ack(0, 1, i);
        }
        // Two for limited transmit; of the seven delivered in recovery 0.7 each, the retransmission among them.
        sender.sends("10:11", "11:12", "R0:1", "12:13", "13:14", "14:15", "15:16");
        sender.at(200).ack(12).shows(OPEN, 7, 7);
    }

    /** A late acknowledgement, below what is acknowledged already, still reports deliveries. */
    @Test
    void shouldUseRangesOfALateAcknowledgement() {
        final ScriptedSender sender = new ScriptedSender("cubic", true, false, 10);
        sender.write(10).forget().at(10).ack(0, 1, 2).ack(0, 1, 3).ack(0, 1, 3, 8, 9).sends("R0:1");
        sender.at(22).ack(4, 8, 9).sends("R4:5", "R5:6", "R6:7");
        sender.write(10).sends();
        sender.at(24).ack(3, 5, 7).sends("R7:8", "10:11");
    }
}
