package io.holdfast.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.holdfast.config.StackConfig;
import io.holdfast.failover.Node;
import io.holdfast.failover.NodeConfig;
import io.holdfast.link.Link;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.StrikingLink;
import io.holdfast.link.memory.MemoryHub;
import io.holdfast.net.HoldfastServerSocketFactory;
import io.holdfast.net.HoldfastSocketFactory;
import io.holdfast.replay.Choices;
import io.holdfast.socket.HoldfastStack;
import io.holdfast.util.LoopbackPorts;
import io.holdfast.wire.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * Two hosts, "a" (preferred) and "b", and a client, in this process: their stacks on one in-memory switch, their channels over
 * loopback, each with an echo server and a control socket. In real time; waiting asks again until a deadline.
 */
final class NodePair implements AutoCloseable {
    static final InetAddress SERVICE = IpAddress.parse("10.77.0.100").toInetAddress();
    static final int PORT = 7;
    private static final long PATIENCE_NS = 30_000_000_000L;
    private static final long PAUSE_NS = 2_000_000L;

    final MemoryHub lan = new MemoryHub();
    final HoldfastStack client;
    private final Path directory;
    private final Map<String, String> addresses = new HashMap<>();
    private final Map<String, Host> hosts = new HashMap<>();
    private int processes;

    NodePair(final Path directory) throws IOException {
        this.directory = directory;
        client = HoldfastStack.start(stack("10.77.0.1", link(0x02_00_00_00_00_01L)));
        for (final String end : new String[] {"a.listen", "b.listen", "a.service_listen", "b.service_listen"}) {
            addresses.put(end, "127.0.0.1:" + LoopbackPorts.next().getPort());
        }
    }

    private static StackConfig stack(final String address, final Link link) {
        return new StackConfig().link(link).address(IpAddress.parse(address)).prefixLength(24).memoryLimit(64 << 20);
    }

    private Link link(final long mac) {
        return lan.attach(LinkCapabilities.plainEthernet(1_500, mac));
    }

    /** A process of that host begins, and its server. */
    Host start(final String name, final String... settings) throws IOException {
        final String peer = name.equals("a") ? "b" : "a";
        final NodeConfig config = new NodeConfig().set("replication.mode", "hot").set("replication.cluster", "lab")
            .set("replication.node", name).set("replication.security", "plain")
            .set("replication.prefer", name.equals("a") && processes == 0 ? "primary" : "backup")
            .set("replication.listen", addresses.get(name + ".listen")).set("replication.peer", addresses.get(peer + ".listen"))
            .set("replication.service_listen", addresses.get(name + ".service_listen"))
            .set("replication.service_peer", addresses.get(peer + ".service_listen"))
            // For a busy machine, whose pauses are no failures.
            .set("replication.detect_ms", "2000").set("replication.solo_ms", "2000");
        for (final String setting : settings) {
            config.set(setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1));
        }
        final StrikingLink link = new StrikingLink(link(0x02_00_00_00_00_10L + processes++));
        final Host host = new Host(config, stack("10.77.0.100", link), link, directory.resolve(name + processes + ".sock"));
        hosts.put(name, host);
        return host;
    }

    /** Until the question's answer is as wanted; returns it. */
    static <T> T await(final String what, final Callable<T> question, final Predicate<T> wanted) throws Exception {
        final long startNs = System.nanoTime();
        while (true) {
            final T answer = question.call();
            if (wanted.test(answer)) {
                return answer;
            }
            if (System.nanoTime() - startNs > PATIENCE_NS) {
                fail("waited in vain for " + what + ", last answer: " + answer);
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    Socket connect() throws IOException {
        return connect(PORT);
    }

    Socket connect(final int port) throws IOException {
        return new HoldfastSocketFactory(client).createSocket(SERVICE, port);
    }

    /** Sends a byte, and waits for its echo. */
    static void echo(final Socket socket, final int value) throws IOException {
        socket.getOutputStream().write(value);
        assertEquals(value, socket.getInputStream().read());
    }

    /** Sends that many bytes, each piece when the one before it has come back. */
    static void echoBytes(final Socket socket, final int count) throws IOException {
        final byte[] piece = new byte[32 << 10];
        for (int sent = 0; sent < count; sent += piece.length) {
            Arrays.fill(piece, (byte) (sent / piece.length));
            socket.getOutputStream().write(piece);
            assertArrayEquals(piece, socket.getInputStream().readNBytes(piece.length));
        }
    }

    /** A thread of a server's, which ends with its host. */
    static void daemon(final Callable<?> work) {
        final Thread thread = new Thread(() -> {
            try {
                work.call();
            } catch (final Exception e) {
                // The node has ended.
            }
        }, "server");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws Exception {
        for (final Host host : hosts.values()) {
            host.close();
        }
        client.close();
        Choices.source(null);
    }

    /** One host's process. */
    static final class Host implements AutoCloseable {
        final Node node;
        final ControlServer control;
        final StrikingLink link;
        private boolean closed;

        Host(final NodeConfig config, final StackConfig stack, final StrikingLink link, final Path socket) throws IOException {
            this.link = link;
            node = Node.start(config, stack);
            control = ControlServer.start(node.stack(), node, socket);
        }

        /** Begins to serve: echo, a thread a connection. */
        Host serve() throws IOException {
            return serve(0);
        }

        /** @param error is added to every byte: 0 for a server that does what it should */
        Host serve(final int error) throws IOException {
            final ServerSocket listener = new HoldfastServerSocketFactory(node.stack()).createServerSocket(PORT, 16, SERVICE);
            daemon(() -> {
                while (true) {
                    final Socket accepted = listener.accept();
                    daemon(() -> {
                        try (accepted) {
                            final byte[] buffer = new byte[4_096];
                            for (int n; (n = accepted.getInputStream().read(buffer)) >= 0;) {
                                for (int i = 0; i < n; i++) {
                                    buffer[i] += (byte) error;
                                }
                                accepted.getOutputStream().write(buffer, 0, n);
                            }
                        }
                        return null;
                    });
                }
            });
            return this;
        }

        String ask(final String request) throws IOException {
            return ControlClient.ask(control.path(), request);
        }

        Host awaitReady() throws Exception {
            await("ready", () -> ask("ready"), answer -> answer.startsWith("yes"));
            return this;
        }

        Host awaitRole(final String role) throws Exception {
            await(role, () -> ask("status json"), answer -> answer.contains("\"role\":\"" + role + "\",\"epoch\""));
            return this;
        }

        /** Ends a host as a killed process: its kernel closes its connections, without a farewell. */
        @Override
        public void close() throws IOException {
            if (!closed) {
                closed = true;
                control.close();
                node.close();
            }
        }
    }
}
