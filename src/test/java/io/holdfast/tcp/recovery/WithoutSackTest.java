package io.holdfast.tcp.recovery;

import static io.holdfast.tcp.recovery.RecoveryState.DISORDER;
import static io.holdfast.tcp.recovery.RecoveryState.OPEN;
import static io.holdfast.tcp.recovery.RecoveryState.RECOVERY;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Peers without SACK: duplicate acknowledgements and partial ones (RFC 5681, 6582, 3042). */
final class WithoutSackTest {
    private static final int INFINITE = Integer.MAX_VALUE;

    @Test
    void shouldRetransmitAtTheThirdDuplicate() {
        final ScriptedSender sender = ScriptedSender.withoutSack();
        sender.write(20).forget();
        sender.at(100).ack(0).sends("10:11").shows(DISORDER, 10, INFINITE).counts(11, 1, 0, 0);
        sender.ack(0).sends("11:12");
        sender.ack(0).sends("R0:1").shows(RECOVERY, 9, 5).counts(12, 3, 1, 1);
        assertEquals(1, sender.count(RecoveryEvent.RENO_RECOVERY));
    }

    @Test
    void shouldRetransmitTheNextHoleAtAPartialAcknowledgement() {
        final ScriptedSender sender = ScriptedSender.withoutSack();
        sender.write(10).forget().at(100).ack(0).ack(0).ack(0).sends("R0:1");
        for (int i = 0; i < 5; i++) {
            sender.ack(0);
        }
        sender.counts(10, 8, 1, 1).at(200).ack(3).sends("R3:4").shows(RECOVERY, sender.cwnd(), 5);
        sender.at(300).ack(10).shows(RECOVERY, sender.cwnd(), 5).counts(0, 0, 0, 0);
        // Duplicates of what was repaired must not start over: only above the recovery's end it is over.
        sender.write(1).at(400).ack(11).shows(OPEN, 5, 5);
    }

    @Test
    void shouldNotCountSegmentsWithDataOrWindowUpdatesAsDuplicates() {
        final ScriptedSender sender = ScriptedSender.withoutSack();
        sender.write(10).forget().at(100);
        for (int i = 0; i < 3; i++) {
            sender.event.clear();
            sender.event.carriesData = true;
            sender.recovery.onAck(sender.event, 1_100_000_000L);
            sender.event.clear();
            sender.event.windowChanged = true;
            sender.recovery.onAck(sender.event, 1_100_000_000L);
        }
        sender.shows(OPEN, 10, INFINITE).counts(10, 0, 0, 0);
    }

    @Test
    void shouldTakeSurplusDuplicatesForReordering() {
        final ScriptedSender sender = ScriptedSender.withoutSack();
        sender.write(3).at(100).ack(0).ack(0).ack(0).ack(0).counts(3, 2, 0, 0);
        assertEquals(3, sender.recovery.reordering());
        assertEquals(2, sender.count(RecoveryEvent.RENO_REORDER));
    }
}
