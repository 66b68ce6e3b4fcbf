package io.holdfast.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.lab.client.OrdersClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Mode resume, with real clients: the order gateway goes on, on the other host, and on the first one again. */
@Tag("network")
@Timeout(value = 150, unit = TimeUnit.SECONDS)
final class OrdersIT {
    private static final int PORT = 7000;
    private static final int CLIENTS = 3;
    private static final long READY_LIMIT_S = 40;

    private Lab lab;

    @BeforeEach
    void start() throws Exception {
        lab = Lab.up("o");
    }

    @AfterEach
    void stop() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    private LabProcess host(final String name, final String prefer) throws Exception {
        final String own = name.equals("a") ? "11" : "12";
        final String peer = name.equals("a") ? "12" : "11";
        final Path config = lab.directory().resolve(name + ".properties");
        Files.writeString(config, String.join("\n", "link.device=hf0", "stack.addresses=" + Lab.SERVICE, "replication.mode=resume",
            "replication.cluster=orders", "replication.node=" + name, "replication.prefer=" + prefer,
            "replication.security=plain", "replication.detect_ms=400", "replication.solo_ms=400",
            "replication.listen=10.78.0." + own + ":7401", "replication.peer=10.78.0." + peer + ":7401",
            "replication.service_listen=10.77.0." + own + ":7402", "replication.service_peer=10.77.0." + peer + ":7402", ""));
        return lab.holdfastOn(name, "sample", "orders", "--config", config.toString(), "--port", Integer.toString(PORT),
            "--control", control(name)).awaitLine("orders at ");
    }

    private String control(final String name) {
        return lab.directory().resolve(name + ".sock").toString();
    }

    /** Until a death of either would be survived. */
    private void awaitReady() throws Exception {
        final long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_LIMIT_S);
        for (final String name : List.of("b", "a")) {
            LabProcess ready = lab.holdfastOn(name, "ready", "--control", control(name));
            while (ready.await(20) != 0) {
                assertTrue(System.nanoTime() < end, ready.output());
                ready = lab.holdfastOn(name, "ready", "--control", control(name));
            }
        }
    }

    private String status(final String name) throws Exception {
        final LabProcess status = lab.holdfastOn(name, "status", "--control", control(name));
        assertEquals(0, status.await(20), status.output());
        return status.output();
    }

    private static void kill(final LabProcess process) {
        ProcessHandle.of(process.pid()).orElseThrow().destroyForcibly();
    }

    @Test
    void shouldGoOnOnTheOtherHostAndBack() throws Exception {
        LabProcess a = host("a", "primary");
        final LabProcess b = host("b", "backup");
        awaitReady();
        final Path end = lab.directory().resolve("end");
        Files.deleteIfExists(end);
        final List<LabProcess> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(lab.javaClient(OrdersClient.class, Lab.SERVICE, Integer.toString(PORT), end.toString()));
        }
        try {
            more(clients, 200);
            assertTrue(status("b").contains("BACKUP"), "the wrong host leads");
            kill(a);
            more(clients, 200);
            a = host("a", "backup");
            awaitReady();
            kill(b);
            more(clients, 200);
            Files.createFile(end);
            for (final LabProcess client : clients) {
                assertEquals(0, client.await(20), client.output());
            }
        } catch (final Throwable e) {
            System.out.println(a.output() + "\n" + b.output());
            throw e;
        }
    }

    /** Waits until each client has got that many further answers. */
    private static void more(final List<LabProcess> clients, final long number) throws IOException, InterruptedException {
        for (final LabProcess client : clients) {
            client.awaitLine(answers(client) + number + " so far");
        }
    }

    private static long answers(final LabProcess client) throws IOException {
        final String[] lines = client.output().split("\n");
        final String last = lines[lines.length - 1];
        return last.endsWith(" so far") ? Long.parseLong(last.substring(0, last.indexOf(' '))) : 0;
    }
}
