package io.holdfast.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.socket.ListenerSocket;
import io.holdfast.socket.StreamSocket;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a primary writes into the log, and what waits for it. */
final class RecorderTest {
    private final ReplicaHost host = new ReplicaHost(ReplicationMode.HOT);
    private ListenerSocket listener;

    @BeforeEach
    void lead() throws Exception {
        host.with(() -> host.replica.lead(1, 0, host.nowNs));
        listener = host.listen();
    }

    @AfterEach
    void close() {
        host.close();
    }

    private List<String> kinds() {
        return host.take().stream().map(ReplicaHost::text).map(line -> line.split(" ")[1]).distinct().toList();
    }

    @Test
    void shouldBeginWithTheSecrets() {
        assertEquals(List.of("Secrets"), kinds());
    }

    @Test
    void shouldTellOfAConnectionFromItsBirthToItsEnd() throws Exception {
        kinds();
        final StreamSocket client = host.connect();
        assertEquals(List.of("Opened", "Progress"), kinds());
        final StreamSocket served = listener.accept();
        host.run(0);
        assertTrue(kinds().contains("Accepted"));
        client.write(ReplicaHost.bytes("ask"));
        host.run(10);
        assertTrue(kinds().contains("Input"));
        assertEquals("ask", ReplicaHost.read(served));
        host.run(10);
        assertTrue(kinds().contains("Event"));
        client.close();
        served.close();
        host.run(1_000);
        assertTrue(kinds().contains("Progress"));
        host.run(61_000);
        assertTrue(kinds().contains("Closed"));
    }

    @Test
    void shouldHoldOutputUntilTheBackupHasTheLog() throws Exception {
        final StreamSocket client = host.connect();
        final StreamSocket served = listener.accept();
        host.take();
        host.with(() -> host.replica.gate());
        served.write(ReplicaHost.bytes("answer"));
        host.run(100);
        assertEquals("", ReplicaHost.read(client));
        host.take();
        host.replica.committed(host.sequence());
        host.run(100);
        assertEquals("answer", ReplicaHost.read(client));
    }

    @Test
    void shouldLetEverythingGoWithoutABackup() throws Exception {
        final StreamSocket client = host.connect();
        final StreamSocket served = listener.accept();
        host.with(() -> host.replica.gate());
        served.write(ReplicaHost.bytes("answer"));
        host.run(100);
        assertEquals("", ReplicaHost.read(client));
        host.with(() -> host.replica.open());
        host.run(100);
        assertEquals("answer", ReplicaHost.read(client));
    }
}
