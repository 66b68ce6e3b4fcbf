package io.holdfast.tcp.recovery;

import static io.holdfast.tcp.recovery.RecoveryState.DISORDER;
import static io.holdfast.tcp.recovery.RecoveryState.OPEN;
import static io.holdfast.tcp.recovery.RecoveryState.RECOVERY;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Fast retransmit, limited transmit and PRR with a peer that reports SACK (RFC 6675, 3042, 6937, 8985). */
final class FastRetransmitTest {
    private static final int INFINITE = Integer.MAX_VALUE;

    @Test
    void shouldRetransmitTheHeadAtTheThirdDuplicate() {
        final ScriptedSender sender = ScriptedSender.reno();
        sender.write(20).sends("0:1", "1:2", "2:3", "3:4", "4:5", "5:6", "6:7", "7:8", "8:9", "9:10");
        sender.at(100).ack(0, 1, 2).shows(DISORDER, 10, INFINITE).counts(11, 1, 0, 0).sends("10:11");
        sender.ack(0, 1, 3).sends("11:12").counts(12, 2, 0, 0);
        sender.ack(0, 1, 4).sends("R0:1").shows(RECOVERY, 9, 5).counts(12, 3, 1, 1);
        assertEquals(1, sender.count(RecoveryEvent.SACK_RECOVERY));
        assertEquals(1, sender.count(RecoveryEvent.FAST_RETRANS));
    }

    @Test
    void shouldEndRecoveryAtTheThreshold() {
        final ScriptedSender sender = ScriptedSender.reno();
        sender.write(10).at(100).ack(0, 1, 4).sends("0:1", "1:2", "2:3", "3:4", "4:5", "5:6", "6:7", "7:8", "8:9",
            "9:10", "R0:1").shows(RECOVERY, 8, 5);
        sender.ack(0, 1, 10).counts(10, 9, 1, 1);
        sender.at(200).ack(10).shows(OPEN, 5, 5).counts(0, 0, 0, 0);
        assertEquals(Long.MAX_VALUE, sender.recovery.deadlineNs());
    }

    @Test
    void shouldSpreadTransmissionsOverRecovery() {
        final ScriptedSender sender = ScriptedSender.reno();
        sender.write(30).forget();
        sender.at(100);
        for (int i = 2; i <= 10; i++) {
            sender.ack(0, 1, i);
        }
        // PRR: half of what is delivered leaves again.
        sender.sends("10:11", "11:12", "R0:1", "12:13", "13:14");
    }

    /** The original's last byte alone is reported: no whole segment, so the probe and the timeout do the work. */
    @Test
    void shouldNotBelieveALoneLastByte() {
        final ScriptedSender sender = ScriptedSender.reno().superSegments();
        sender.write(4).forget().at(100).ack(0, 3.999, 4).shows(OPEN, 10, INFINITE);
        sender.at(202).sends("P3:4").at(502).sends("R0:1");
        sender.at(1_002).ack(1, 3.999, 4).sends("R1:3").at(1_102).ack(3, 3.999, 4).sends("R3:4");
        sender.at(1_202).ack(4).counts(0, 0, 0, 0);
    }
}
