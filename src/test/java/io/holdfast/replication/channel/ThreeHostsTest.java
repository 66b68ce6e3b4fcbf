package io.holdfast.replication.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.ChannelCounter;
import io.holdfast.util.LoopbackPorts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three hosts on loopback: who a connection belongs to is told by names, not by addresses. */
final class ThreeHostsTest {
    private static final List<String> NAMES = List.of("a", "b", "c");

    @TempDir
    private java.nio.file.Path directory;
    private Nodes nodes;
    private final Map<String, InetSocketAddress> addresses = new HashMap<>();

    /** One host's channels, and what came, by the sender's name. */
    private final class Host implements Handler, AutoCloseable {
        private final List<String> others;
        private final Channels channels;
        private final List<String> events = new ArrayList<>();
        private final Map<String, byte[]> received = new HashMap<>();
        private final io.holdfast.counters.Counters counters = new io.holdfast.counters.Counters();

        Host(final String name, final List<String> others, final boolean tls) {
            this.others = others;
            final ChannelConfig config = nodes.config(name, tls, addresses.get(name), null).counters(counters).lifelines(true);
            others.forEach(other -> config.other(new PeerAddress(other, addresses.get(other), null)));
            channels = new Channels(config, this);
        }

        boolean isUp(final String other) {
            return channels.isUp(others.indexOf(other), Path.REPLICATION);
        }

        void send(final String other, final byte[] message) {
            assertTrue(channels.send(others.indexOf(other), Path.REPLICATION, new UnsafeBuffer(message), 0, message.length));
        }

        @Override
        public void onUp(final int host, final Path path) {
            events.add("up " + others.get(host));
        }

        @Override
        public void onMessage(final int host, final Path path, final DirectBuffer buffer, final int offset, final int length) {
            final byte[] message = new byte[length];
            buffer.getBytes(offset, message);
            received.put(others.get(host), message);
        }

        @Override
        public void onDown(final int host, final Path path, final PathLoss loss, final String reason) {
            if (loss != PathLoss.REFUSED) {
                events.add("down " + others.get(host));
            }
        }

        @Override
        public void onLifeline(final int host, final Path path, final boolean held) {
            events.add("lifeline " + others.get(host) + " " + held);
        }

        @Override
        public int fill(final int host, final Path path, final MutableDirectBuffer to, final int offset, final int capacity) {
            return 0;
        }

        @Override
        public void close() {
            channels.close();
        }
    }

    @BeforeEach
    void addresses() throws IOException {
        nodes = new Nodes(directory);
        NAMES.forEach(name -> addresses.put(name, LoopbackPorts.next()));
    }

    private static void until(final java.util.function.BooleanSupplier condition, final Host... hosts) {
        final long startNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            for (final Host host : hosts) {
                host.channels.poll(1_000_000);
            }
            final List<List<String>> events = new ArrayList<>();
            for (final Host host : hosts) {
                events.add(host.events);
            }
            assertTrue(System.nanoTime() - startNs < 30_000_000_000L, "waited in vain: " + events);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCarryMessagesBetweenAnyTwo(final boolean tls) {
        try (Host a = new Host("a", List.of("b", "c"), tls); Host b = new Host("b", List.of("c", "a"), tls);
            Host c = new Host("c", List.of("a", "b"), tls)) {
            until(() -> a.isUp("b") && a.isUp("c") && b.isUp("a") && b.isUp("c") && c.isUp("a") && c.isUp("b"), a, b, c);
            a.send("b", new byte[] {1});
            a.send("c", new byte[] {2});
            b.send("c", new byte[] {3});
            c.send("a", new byte[] {4});
            until(() -> b.received.size() == 1 && c.received.size() == 2 && a.received.size() == 1, a, b, c);
            assertArrayEquals(new byte[] {1}, b.received.get("a"));
            assertArrayEquals(new byte[] {2}, c.received.get("a"));
            assertArrayEquals(new byte[] {3}, c.received.get("b"));
            assertArrayEquals(new byte[] {4}, a.received.get("c"));
        }
    }

    @Test
    void shouldTellWhoseLifelineItIsAndLoseNoOtherHostWithOne() {
        try (Host a = new Host("a", List.of("b", "c"), false); Host b = new Host("b", List.of("a", "c"), false)) {
            try (Host c = new Host("c", List.of("a", "b"), false)) {
                until(() -> a.events.contains("lifeline c true") && a.events.contains("lifeline b true")
                    && b.events.contains("lifeline c true"), a, b, c);
            }
            until(() -> a.events.contains("down c") && b.events.contains("down c"), a, b);
            assertFalse(a.events.contains("down b"));
            assertTrue(a.isUp("b"));
            try (Host c = new Host("c", List.of("a", "b"), false)) {
                until(() -> a.isUp("c") && b.isUp("c") && c.isUp("a") && c.isUp("b"), a, b, c);
            }
        }
    }

    @Test
    void shouldRefuseWhoIsNotAmongThem() {
        try (Host b = new Host("b", List.of("c"), false)) {
            final ChannelConfig wrong = nodes.config("a", false, addresses.get("a"), addresses.get("b"));
            try (Node stranger = new Node(wrong)) {
                final long startNs = System.nanoTime();
                while (b.counters.get(ChannelCounter.REFUSED_NODE) == 0) {
                    b.channels.poll(1_000_000);
                    stranger.channels.poll(1_000_000);
                    assertTrue(System.nanoTime() - startNs < 30_000_000_000L);
                }
            }
            assertEquals(List.of(), b.events);
        }
    }
}
