package io.holdfast.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.ReplicationCounter;
import io.holdfast.socket.ListenerSocket;
import io.holdfast.socket.StreamSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a backup makes of a primary's records, and what its servers get of it. */
final class FollowerTest {
    private final ReplicaHost primary = new ReplicaHost(ReplicationMode.HOT);
    private final ReplicaHost backup = new ReplicaHost(ReplicationMode.HOT);
    private ListenerSocket there;
    private ListenerSocket here;

    @BeforeEach
    void follow() throws Exception {
        primary.with(() -> primary.replica.lead(1, 0, primary.nowNs));
        there = primary.listen();
        backup.with(backup.replica::follow);
        backup.with(() -> backup.replica.follower(backup.nowNs).onSynchronized(0));
        here = backup.listen();
    }

    @AfterEach
    void close() {
        primary.close();
        backup.close();
    }

    /** The backup plays what the primary has written; returns the records' names. */
    private List<String> ship() {
        final List<String> names = new ArrayList<>();
        for (final byte[] record : primary.take()) {
            backup.play(record);
            names.add(ReplicaHost.text(record).split(" ")[1]);
        }
        backup.run(0);
        return names;
    }

    @Test
    void shouldGiveAConnectionWhenTheOtherServerHasAcceptedIt() throws Exception {
        primary.connect();
        ship();
        assertEquals(1, backup.counters.get(ReplicationCounter.SHADOWS));
        assertNull(here.accept());
        there.accept();
        primary.run(0);
        assertTrue(ship().contains("Accepted"));
        assertNotNull(here.accept());
    }

    @Test
    void shouldLetTheServerReadWhatTheOtherHasRead() throws Exception {
        final StreamSocket client = primary.connect();
        final StreamSocket first = there.accept();
        primary.run(0);
        ship();
        final StreamSocket second = here.accept();
        client.write(ReplicaHost.bytes("ask more"));
        primary.run(10);
        ship();
        assertEquals("", ReplicaHost.read(second), "the other has not read yet");
        assertEquals("ask more", ReplicaHost.read(first));
        primary.run(0);
        ship();
        assertEquals("ask more", ReplicaHost.read(second));
    }

    @Test
    void shouldForgetAConnectionThatEndedUnaccepted() throws Exception {
        final StreamSocket client = primary.connect();
        ship();
        client.abort();
        primary.run(10);
        there.close();
        primary.run(10);
        ship();
        assertTrue(backup.replica.report().isEmpty());
    }

    @Test
    void shouldLoseAConnectionWhoseServersDiffer() throws Exception {
        primary.connect();
        final StreamSocket first = there.accept();
        primary.run(0);
        ship();
        final StreamSocket second = here.accept();
        first.write(ReplicaHost.bytes("yes"));
        second.write(ReplicaHost.bytes("no!"));
        backup.run(0);
        primary.run(10);
        primary.with(() -> primary.replica.hold());
        ship();
        assertEquals(1, backup.counters.get(ReplicationCounter.DIVERGED), () -> backup.unprotected.toString());
        assertTrue(backup.replica.report().get(0).lost().startsWith("the servers of both hosts wrote different bytes"));
    }

    @Test
    void shouldCarryOnWhatItFollowed() throws Exception {
        primary.connect();
        there.accept();
        primary.run(0);
        ship();
        final StreamSocket second = here.accept();
        backup.with(() -> backup.replica.lead(2, 0, backup.nowNs));
        assertEquals(1, backup.counters.get(ReplicationCounter.TAKEN_OVER));
        assertEquals(0, backup.counters.get(ReplicationCounter.SHADOWS));
        assertEquals(3, second.write(ReplicaHost.bytes("on!")));
        assertTrue(backup.take().stream().map(ReplicaHost::text).noneMatch(line -> line.contains("Opened")),
            "the log knows it already");
    }
}
