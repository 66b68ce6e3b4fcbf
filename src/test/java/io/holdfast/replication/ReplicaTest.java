package io.holdfast.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.socket.Readiness;
import io.holdfast.socket.StreamSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a shard may do as the silent, the following and the leading part. */
final class ReplicaTest {
    private final ReplicaHost host = new ReplicaHost(ReplicationMode.HOT);
    private final Replica replica = host.replica;

    @AfterEach
    void close() {
        host.close();
    }

    private void lead(final long epoch) {
        host.with(() -> replica.lead(epoch, 0, host.nowNs));
    }

    @Test
    void shouldSayNothingWhileSilent() throws Exception {
        assertFalse(replica.mayDepart(host.nowNs));
        assertFalse(replica.answersStrays(host.nowNs));
        assertTrue(replica.roomForInput());
        host.listen();
        assertEquals(0, host.connect().readiness() & Readiness.CONNECT);
    }

    @Test
    void shouldServeOnceItLeads() throws Exception {
        lead(1);
        host.listen();
        assertTrue(host.connect().finishConnect());
    }

    @Test
    void shouldSpeakOnlyWhileItsLeaseLasts() {
        lead(1);
        assertTrue(replica.mayDepart(host.nowNs));
        host.leased = false;
        assertFalse(replica.mayDepart(host.nowNs));
    }

    @Test
    void shouldStandStillForASwitchover() {
        lead(1);
        host.with(() -> replica.departing(false));
        assertFalse(replica.mayDepart(host.nowNs));
        assertFalse(replica.roomForInput());
        host.with(() -> replica.departing(true));
        assertTrue(replica.mayDepart(host.nowNs) && replica.roomForInput());
    }

    @Test
    void shouldRefuseNobodyWhileTheProgramIsStarted() {
        host.with(replica::follow);
        lead(2);
        assertFalse(replica.answersStrays(host.nowNs));
        assertFalse(replica.answersStrays(host.nowNs + Replica.START_NS - 1));
        assertTrue(replica.answersStrays(host.nowNs + Replica.START_NS));
    }

    @Test
    void shouldRefuseAtOnceWhereAProgramListens() throws Exception {
        host.with(replica::follow);
        host.listen();
        lead(2);
        assertTrue(replica.answersStrays(host.nowNs));
    }

    @Test
    void shouldDropItsConnectionsWithNoWordWhenItIsSilenced() throws Exception {
        lead(1);
        host.listen();
        final StreamSocket client = host.connect();
        assertEquals(1, replica.report().size());
        host.with(replica::silence);
        host.run(100);
        assertEquals(0, replica.report().size());
        assertEquals(0, client.readiness() & Readiness.HANG_UP, "the client hears of no end");
    }
}
