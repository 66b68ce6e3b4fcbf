package io.holdfast.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.lab.client.ManyConnections;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** As many connections as a busy server has, open at once. */
@Tag("network")
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class ManyConnectionsIT {
    private static final int CONNECTIONS = 10_000;

    @Test
    void shouldAnswerOnTenThousandConnectionsAtOnce() throws Exception {
        try (Lab lab = Lab.up("m")) {
            final LabProcess server = lab.sample("echo", 7);
            final LabProcess client = lab.javaClient(ManyConnections.class, Lab.SERVICE, "7", "" + CONNECTIONS);
            assertEquals(0, client.await(60), client.output());
            assertTrue(client.output().contains("answered " + CONNECTIONS), client.output());
            assertTrue(server.isAlive(), server.output());
        }
    }
}
