package io.holdfast.tcp.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** A peer that reports the worst it can: memory and counters stay bounded (CVE-2019-11477 to 11479 of others). */
final class HostilePeerTest {
    @Test
    void shouldNotSplitBelowSegments() {
        final ScriptedSender sender = ScriptedSender.reno().superSegments();
        sender.write(10);
        for (int i = 1; i < 9_000; i += 7) {
            sender.ack(0, i / 1000.0, (i + 3) / 1000.0);
        }
        assertEquals(10, sender.recovery.board().count());
        assertEquals(0, sender.recovery.sacked());
    }

    @Test
    void shouldJoinWhatIsReportedPiecemeal() {
        final ScriptedSender sender = new ScriptedSender("reno", true, false, 100).superSegments();
        sender.congestion.cwnd(4_000);
        sender.write(4_000);
        for (int i = 1; i < 4_000; i += 2) {
            sender.event.clear();
            sender.event.sackCount = 1;
            sender.event.sackStart[0] = i * 1000L;
            sender.event.sackEnd[0] = (i + 1) * 1000L;
            sender.recovery.onAck(sender.event, 1_100_000_000L);
        }
        assertEquals(4_000, sender.recovery.board().count());
        assertEquals(2_000, sender.recovery.sacked());
        sender.event.clear();
        sender.event.sackCount = 1;
        sender.event.sackStart[0] = 1_000;
        sender.event.sackEnd[0] = 4_000_000;
        sender.recovery.onAck(sender.event, 1_100_000_000L);
        assertEquals(3_999, sender.recovery.sacked());
        assertTrue(sender.recovery.board().count() < 2_100, "records " + sender.recovery.board().count());
    }

    @Test
    void shouldRefuseRecordsBeyondTheLimit() {
        final Scoreboard board = new Scoreboard();
        final int records = Scoreboard.MAX_RECORDS;
        for (int i = 0; i < records; i++) {
            board.append(i * 20L, i * 20L + 20, 10, 0, i, 1);
        }
        assertTrue(board.full());
        assertEquals(2 * records, board.packetsOut);
        assertTrue(!board.split(0, 10, 10));
        assertEquals(1, board.refusedSplits);
        assertEquals(2 * records, board.packetsOut);
    }

    @Test
    void shouldIgnoreDuplicatesOfWhatWasNeverSentAgain() {
        final ScriptedSender sender = ScriptedSender.reno();
        sender.write(10).at(100).ack(5, 0, 5).ack(5, 1, 2);
        assertEquals(2, sender.count(RecoveryEvent.DSACK_IGNORED_DUBIOUS));
        assertEquals(0, sender.count(RecoveryEvent.DSACK_RECEIVED_SEGS));
    }

    @Test
    void shouldTimeOutAfterReneging() {
        final ScriptedSender sender = ScriptedSender.reno();
        sender.write(10).forget().at(100).ack(0, 1, 10).forget();
        // The SACKed record is the head now: the peer dropped it.
        sender.at(200).ack(1).counts(9, 9, 0, 0);
        sender.at(251).sends("R1:2").shows(RecoveryState.LOSS, 1, sender.congestion.ssthresh());
        assertEquals(1, sender.count(RecoveryEvent.SACK_RENEGING));
        assertEquals(0, sender.recovery.sacked());
    }
}
