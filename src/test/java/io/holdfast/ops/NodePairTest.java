package io.holdfast.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.net.HoldfastServerSocketFactory;
import io.holdfast.socket.AddressPolicy;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Operating two hosts through their control sockets. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class NodePairTest {
    @TempDir
    private Path directory;

    @Test
    void shouldSayWhatIsMissing() throws Exception {
        try (NodePair pair = new NodePair(directory)) {
            final NodePair.Host a = pair.start("a").serve().awaitRole("SOLO");
            assertTrue(a.ask("ready").startsWith("no there is no backup in sync"), a.ask("ready"));
            assertTrue(a.ask("switchover 5").startsWith("no this node is SOLO"), a.ask("switchover 5"));
            final NodePair.Host b = pair.start("b");
            NodePair.await("the server's absence", () -> b.ask("ready"), answer -> answer.startsWith("no no server listens"));
            b.serve().awaitReady();
            a.awaitReady();
        }
    }

    /** A program on a backup that connects to its own service is a client as any other on that host. */
    @Test
    void shouldLeaveConnectionsToTheServiceAddressToTheKernelWhereAnotherLeads() throws Exception {
        try (NodePair pair = new NodePair(directory)) {
            final NodePair.Host a = pair.start("a").serve();
            final NodePair.Host b = pair.start("b").serve().awaitReady();
            a.awaitReady();
            assertTrue(AddressPolicy.DEFAULT.clientOnStack(a.node.stack(), null, NodePair.SERVICE));
            assertTrue(b.node.stack().owns(NodePair.SERVICE));
            assertFalse(AddressPolicy.DEFAULT.clientOnStack(b.node.stack(), null, NodePair.SERVICE));
            a.close();
            b.awaitRole("SOLO");
            assertTrue(AddressPolicy.DEFAULT.clientOnStack(b.node.stack(), null, NodePair.SERVICE));
        }
    }

    /** The other host may have been active, or its LAN cut off, at the first announcement of the address. */
    @Test
    void shouldAnnounceTheAddressAgainWhenTheOtherHostJoins() throws Exception {
        try (NodePair pair = new NodePair(directory)) {
            final NodePair.Host a = pair.start("a").serve().awaitRole("SOLO");
            final int series = 8;
            NodePair.await("all announcements", () -> announcements(a), number -> number == series);
            pair.start("b").serve().awaitReady();
            // The rest of the series ends if the service moves: nobody else is on this LAN, and one host may hear only the other.
            NodePair.await("another series", () -> announcements(a), number -> number > series);
        }
    }

    private static int announcements(final NodePair.Host host) throws Exception {
        final Matcher counter = Pattern.compile("(\\d+) +arp\\.announcements ").matcher(host.ask("counters"));
        return counter.find() ? Integer.parseInt(counter.group(1)) : 0;
    }

    @Test
    void shouldShowHowConnectionsAreProtected() throws Exception {
        try (NodePair pair = new NodePair(directory)) {
            final NodePair.Host a = pair.start("a").serve().awaitRole("SOLO");
            final Socket early = pair.connect();
            NodePair.echo(early, 1);
            assertTrue(a.ask("status json").contains("\"protected\":0,\"catchingUp\":0,\"unprotected\":1"), a.ask("status json"));
            final NodePair.Host b = pair.start("b").serve().awaitReady();
            a.awaitReady();
            final Socket late = pair.connect();
            NodePair.echo(late, 2);
            for (final NodePair.Host host : new NodePair.Host[] {a, b}) {
                NodePair.await("protection", () -> host.ask("status json"),
                    status -> status.contains("\"protected\":2,\"catchingUp\":0,\"unprotected\":0"));
            }
            final String text = b.ask("status");
            assertTrue(text.contains("BACKUP, epoch 1"), text);
            assertTrue(text.contains("listens on 10.77.0.100:7"), text);
            assertTrue(text.contains("2 protected, 0 catching up, 0 unprotected"), text);
            assertTrue(text.contains("path replication  up, with a lifeline, heard"), text);
            assertFalse(a.ask("status").contains("after the peer was heard last"), "no failure was detected");
        }
    }

    /** The state after the error is unknown: the host counts as dead, although its process lives. */
    @Test
    void shouldBeTakenOverFromAHostWhoseStackAnErrorStopped() throws Exception {
        try (NodePair pair = new NodePair(directory)) {
            final NodePair.Host a = pair.start("a").serve().awaitRole("SOLO");
            final NodePair.Host b = pair.start("b").serve().awaitReady();
            a.awaitReady();
            final Socket socket = pair.connect();
            NodePair.echo(socket, 1);
            a.link.strike(new OutOfMemoryError("in a cycle"));
            NodePair.echo(socket, 2);
            b.awaitRole("SOLO");
            final int sent = a.link.sent();
            NodePair.echoBytes(socket, 1 << 20);
            assertEquals(sent, a.link.sent(), "the stopped host speaks");
        }
    }

    /** Nothing is lost, but a takeover would wait for it: the backup's server works, and is slower than the primary's. */
    @Test
    void shouldSayThatABackupsServerIsBehind() throws Exception {
        try (NodePair pair = new NodePair(directory)) {
            final NodePair.Host a = pair.start("a").serve();
            final NodePair.Host b = pair.start("b");
            final AtomicBoolean works = new AtomicBoolean(true);
            final ServerSocket listener = new HoldfastServerSocketFactory(b.node.stack()).createServerSocket(NodePair.PORT, 16, NodePair.SERVICE);
            NodePair.daemon(() -> {
                try (Socket socket = listener.accept()) {
                    for (int value; (value = socket.getInputStream().read()) >= 0;) {
                        while (works.get()) {
                            Thread.onSpinWait();
                        }
                        socket.getOutputStream().write(value);
                    }
                }
                return null;
            });
            b.awaitReady();
            a.awaitReady();
            final Socket socket = pair.connect();
            NodePair.echo(socket, 1);
            NodePair.echo(socket, 2);
            NodePair.await("the delay", () -> b.ask("status"), text -> text.matches("(?s).*servers here +are \\d{4,}\\.\\d ms behind.*"));
            NodePair.await("word of it", () -> b.ask("ready"), answer -> answer.startsWith("no the server here is still doing again"));
            NodePair.await("word of it", () -> a.ask("ready"), answer -> answer.startsWith("no the backup's server is still doing again"));
            assertTrue(b.ask("status json").contains("\"protected\":0,\"catchingUp\":1,\"unprotected\":0"), b.ask("status json"));
            works.set(false);
            b.awaitReady();
            a.awaitReady();
            NodePair.echo(socket, 3);
            NodePair.await("its end", () -> b.ask("status"), text -> text.contains("are where the primary's are"));
        }
    }

    @Test
    void shouldNameConnectionAndOffsetOfADivergence() throws Exception {
        try (NodePair pair = new NodePair(directory)) {
            final NodePair.Host a = pair.start("a").serve();
            final NodePair.Host b = pair.start("b").serve(1).awaitReady();
            a.awaitReady();
            final Socket socket = pair.connect();
            // The primary says what it wrote when there is enough to say.
            NodePair.echoBytes(socket, 256 << 10);
            final String status = NodePair.await("the divergence", () -> b.ask("status"),
                text -> text.contains("1 unprotected"));
            assertTrue(status.contains("10.77.0.1:" + socket.getLocalPort()), status);
            assertTrue(status.contains("different bytes before offset "), status);
            assertTrue(b.ask("counters").contains(" 1  replication.diverged "), b.ask("counters"));
            assertTrue(b.ask("ready").startsWith("no a connection would not survive: 10.77.0.100:7 with 10.77.0.1:"), b.ask("ready"));
            NodePair.await("word of it at the primary", () -> a.ask("status"),
                text -> text.contains("1 unprotected") && text.contains("different bytes before offset "));
            assertTrue(a.ask("counters").contains(" 1  replication.lostAtBackup "), a.ask("counters"));
        }
    }

    @Test
    void shouldTellOfConnectionsThatTheHistoryCannotKeep() throws Exception {
        try (NodePair pair = new NodePair(directory)) {
            final String limit = Integer.toString(8 << 20);
            final NodePair.Host a = pair.start("a", "replication.history_limit=" + limit, "replication.history_memory=" + limit)
                .serve().awaitRole("SOLO");
            final Socket big = pair.connect();
            NodePair.echoBytes(big, 12 << 20);
            final Socket small = pair.connect();
            NodePair.echo(small, 1);
            final String alone = a.ask("status");
            assertTrue(alone.contains("0 protected, 0 catching up, 2 unprotected"), alone);
            assertTrue(alone.contains("the history could not keep it"), alone);
            pair.start("b").serve().awaitReady();
            final String together = NodePair.await("protection of the other", () -> a.ask("status"),
                text -> text.contains("1 protected, 0 catching up, 1 unprotected"));
            final String ready = a.ask("ready");
            assertTrue(ready.startsWith("no a connection would not survive: ") && ready.contains("history could not keep it"), ready);
            assertTrue(together.contains("10.77.0.1:" + big.getLocalPort() + " "), together);
            NodePair.echo(big, 2);
            NodePair.echo(small, 3);
        }
    }

    @Test
    void shouldHandOverAndBack() throws Exception {
        try (NodePair pair = new NodePair(directory)) {
            final NodePair.Host a = pair.start("a").serve();
            final NodePair.Host b = pair.start("b").serve().awaitReady();
            a.awaitReady();
            final Socket socket = pair.connect();
            NodePair.echo(socket, 1);
            String answer = a.ask("switchover 20");
            assertTrue(answer.startsWith("yes the other host leads since epoch 2; handed over in "), answer);
            NodePair.echo(socket, 2);
            b.awaitReady();
            a.awaitReady().awaitRole("BACKUP");
            NodePair.echo(socket, 3);
            answer = b.ask("switchover 20");
            assertTrue(answer.startsWith("yes the other host leads since epoch 3"), answer);
            NodePair.echo(socket, 4);
            final String counters = a.ask("counters");
            assertTrue(counters.contains(" 1  membership.switchovers "), counters);
            assertTrue(counters.contains(" 1  membership.takeovers "), counters);
            assertTrue(counters.contains(" 1  replication.takenOver "), counters);
            assertTrue(counters.contains("channel.messages.in"), counters);
        }
    }

    @Test
    void shouldGoOnAloneOnlyIfForcedWherePolicySaysToWait() throws Exception {
        try (NodePair pair = new NodePair(directory)) {
            final NodePair.Host a = pair.start("a", "replication.on_loss=block").serve();
            final NodePair.Host b = pair.start("b", "replication.on_loss=block").serve().awaitReady();
            a.awaitReady();
            assertTrue(a.ask("takeover force").startsWith("no this host leads already"), a.ask("takeover"));
            assertTrue(b.ask("takeover force").startsWith("no the primary lives"), b.ask("takeover"));
            b.close();
            NodePair.await("waiting", () -> a.ask("status"), answer -> answer.contains("may not depart"));
            final String answer = a.ask("takeover");
            assertTrue(answer.startsWith("no it is not forced: this host, a primary that waits for its backup, goes on alone"), answer);
            assertTrue(a.ask("status").contains("PRIMARY"));
            assertTrue(a.ask("takeover force").startsWith("yes this host, a primary"));
            a.awaitRole("SOLO");
            assertTrue(a.ask("status").contains("may depart"), a.ask("status"));
        }
    }

    @Test
    void shouldTellWhoIsHeardOnTheLan() throws Exception {
        try (NodePair pair = new NodePair(directory)) {
            final NodePair.Host a = pair.start("a").serve().awaitRole("SOLO");
            try (Socket socket = pair.connect()) {
                NodePair.echo(socket, 1);
                final String lan = NodePair.await("a sign", () -> a.ask("status"), answer -> answer.contains("lan               heard"));
                assertTrue(lan.contains("last sign "), lan);
                assertTrue(a.ask("status json").contains("\"lan\":{\"watched\":true,\"heard\":true"), a.ask("status json"));
            }
        }
    }

    @Test
    void shouldTellHowATakeoverWent() throws Exception {
        try (NodePair pair = new NodePair(directory)) {
            final NodePair.Host a = pair.start("a").serve();
            final NodePair.Host b = pair.start("b").serve().awaitReady();
            a.awaitReady();
            final Socket socket = pair.connect();
            NodePair.echo(socket, 1);
            a.close();
            b.awaitRole("SOLO");
            NodePair.echo(socket, 2);
            final String json = NodePair.await("the takeover's time", () -> b.ask("status json"),
                status -> status.contains("\"reason\":\"PEER_DIED\"") && !status.contains("\"takeoverMs\":null"));
            assertTrue(json.contains("\"connections\":1,\"steps\""), json);
            assertFalse(json.contains("\"detectionMs\":null"), json);
            final String text = b.ask("status");
            assertTrue(text.contains("1 connections carried on"), text);
            assertTrue(text.contains("BACKUP to SOLO of epoch 2"), text);
            assertTrue(b.ask("ready").startsWith("no there is no backup in sync"), b.ask("ready"));
            final NodePair.Host again = pair.start("a").serve().awaitReady();
            b.awaitReady();
            NodePair.echo(socket, 3);
            assertTrue(again.ask("status").contains("1 protected"), again.ask("status"));
        }
    }
}
