package io.holdfast.replication.channel;

import static org.junit.jupiter.api.Assertions.fail;

import io.holdfast.app.keys.KeyFiles;
import io.holdfast.counters.ChannelCounter;
import io.holdfast.util.LoopbackPorts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Configurations of two hosts, "a" and "b", on loopback; and the loop that runs hosts in one thread. */
final class Nodes {
    private static final long PATIENCE_NS = 30_000_000_000L;

    final InetSocketAddress addressOfA = LoopbackPorts.next();
    final InetSocketAddress addressOfB = LoopbackPorts.next();
    private final Path keys;

    /** Keys of the nodes a, b and c, which trust each other. */
    Nodes(final Path directory) throws IOException {
        this.keys = directory;
        KeyFiles.write("lab", List.of("a", "b", "c"), directory);
    }

    ChannelConfig a(final boolean tls) {
        return config("a", tls, addressOfA, addressOfB);
    }

    ChannelConfig b(final boolean tls) {
        return config("b", tls, addressOfB, addressOfA);
    }

    /** Somebody else who dials b. */
    ChannelConfig intruder(final boolean tls) {
        return config("a", tls, LoopbackPorts.next(), addressOfB);
    }

    ChannelConfig config(
        final String node, final boolean tls, final InetSocketAddress listen, final InetSocketAddress peer) {
        return new ChannelConfig().cluster("lab").node(node)
            .listen(io.holdfast.replication.channel.Path.REPLICATION, listen)
            .peer(io.holdfast.replication.channel.Path.REPLICATION, peer)
            .security(tls ? ChannelConfig.Security.TLS : ChannelConfig.Security.PLAIN)
            .certificate(keys.resolve(node + ".crt")).key(keys.resolve(node + ".key")).trust(keys.resolve("trust.pem"))
            .dialEveryMs(10).connectTimeoutMs(5_000).helloTimeoutMs(15_000).silenceMs(15_000);
    }

    /** Runs the nodes until the condition holds. */
    static void until(final String what, final BooleanSupplier condition, final Node... nodes) {
        final long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            int work = 0;
            for (final Node node : nodes) {
                work += node.channels.poll(0);
            }
            if (work == 0) {
                nodes[0].channels.poll(1_000_000);
            }
            if (System.nanoTime() - start > PATIENCE_NS) {
                final StringBuilder text = new StringBuilder("waited in vain: ").append(what);
                for (final Node node : nodes) {
                    text.append("; ").append(node.events);
                    for (final ChannelCounter counter : ChannelCounter.values()) {
                        text.append(' ').append(counter).append('=').append(node.count(counter));
                    }
                }
                fail(text.toString());
            }
        }
    }

    static void untilUp(final Node one, final Node other) {
        until("both are up", () -> one.isUp() && other.isUp(), one, other);
    }
}
