package io.holdfast.perf;

import io.holdfast.app.keys.KeyFiles;
import io.holdfast.replication.channel.ChannelConfig;
import io.holdfast.replication.channel.Channels;
import io.holdfast.replication.channel.Handler;
import io.holdfast.replication.channel.Path;
import io.holdfast.replication.channel.PathLoss;
import io.holdfast.util.LoopbackPorts;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The channel to the peer host over loopback, one thread a side: bulk, and ping-pong of small messages. Arguments: plain or
 * tls, the seconds of each measurement (2), the bytes of a bulk message (262144), ns of spinning (20000).
 */
public final class ChannelBenchmark {
    private static final int PING_BYTES = 64;
    private static final long POLL_NS = 100_000_000;

    private ChannelBenchmark() {
    }

    public static void main(final String[] args) throws Exception {
        final boolean tls = args.length > 0 && args[0].equals("tls");
        final double seconds = args.length > 1 ? Double.parseDouble(args[1]) : 2;
        final int bytes = args.length > 2 ? Integer.parseInt(args[2]) : 256 << 10;
        final long spinNs = args.length > 3 ? Long.parseLong(args[3]) : 20_000;
        final java.nio.file.Path keys = Files.createTempDirectory("holdfast-channel");
        final List<java.nio.file.Path> files = KeyFiles.write("bench", List.of("a", "b"), keys);
        try {
            final InetSocketAddress[] addresses = {LoopbackPorts.next(), LoopbackPorts.next()};
            final Side a = new Side(bytes);
            final Side b = new Side(bytes);
            try (Channels first = new Channels(config("a", tls, spinNs, keys, addresses[0], addresses[1]), a);
                Channels second = new Channels(config("b", tls, spinNs, keys, addresses[1], addresses[0]), b)) {
                a.channels = first;
                b.channels = second;
                run(tls ? "TLS" : "plain", a, b, seconds, spinNs);
            }
        } finally {
            for (final java.nio.file.Path file : files) {
                Files.delete(file);
            }
            Files.delete(keys);
        }
    }

    private static void run(final String label, final Side a, final Side b, final double seconds, final long spinNs)
        throws InterruptedException {
        final Thread one = new Thread(a, "a");
        final Thread two = new Thread(b, "b");
        two.start();
        one.start();
        while (!a.up || !b.up) {
            Thread.onSpinWait();
        }
        for (int round = 0; round < 3; round++) {
            a.sending = true;
            final long bytesBefore = b.received;
            final long allocatedBefore = allocated(one, two);
            final long start = System.nanoTime();
            Thread.sleep((long) (seconds * 1_000));
            final long bytes = b.received - bytesBefore;
            final double gigabytes = bytes / (double) (System.nanoTime() - start);
            final double allocatedPerMib = (allocated(one, two) - allocatedBefore) * 1048576.0 / bytes;
            a.sending = false;
            a.beginPings();
            Thread.sleep((long) (seconds * 1_000));
            final Histogram times = a.endPings();
            System.out.println(String.format(Locale.ROOT, "%s, spin %d us: bulk %.2f GB/s (%.0f bytes allocated a MiB); "
                + "ping-pong p50 %.1f us, p99 %.1f us, %d of them", label, spinNs / 1_000, gigabytes, allocatedPerMib,
                times.getValueAtPercentile(50) / 1e3, times.getValueAtPercentile(99) / 1e3, times.getTotalCount()));
        }
        a.running = false;
        b.running = false;
        a.channels.wakeUp();
        b.channels.wakeUp();
        one.join();
        two.join();
    }

    private static long allocated(final Thread... threads) {
        final var bean = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long bytes = 0;
        for (final Thread thread : threads) {
            bytes += bean.getThreadAllocatedBytes(thread.getId());
        }
        return bytes;
    }

    private static ChannelConfig config(
        final String node, final boolean tls, final long spinNs, final java.nio.file.Path keys,
        final InetSocketAddress listen, final InetSocketAddress peer) {
        return new ChannelConfig().cluster("bench").node(node).spinNs(spinNs)
            .listen(Path.REPLICATION, listen).peer(Path.REPLICATION, peer)
            .security(tls ? ChannelConfig.Security.TLS : ChannelConfig.Security.PLAIN)
            .certificate(keys.resolve(node + ".crt")).key(keys.resolve(node + ".key")).trust(keys.resolve("trust.pem"));
    }

    /** One host. Small messages are sent back, unless a ping of our own comes back: then the next one goes. */
    private static final class Side implements Handler, Runnable {
        private final UnsafeBuffer content;
        private final UnsafeBuffer ping = new UnsafeBuffer(new byte[PING_BYTES]);
        private Channels channels;
        private Histogram times = new Histogram(3);
        private volatile boolean up;
        private volatile boolean running = true;
        private volatile boolean sending;
        private volatile boolean pinging;
        private volatile boolean pingOut;
        private volatile long received;
        private long pingSentNs;

        Side(final int bulkBytes) {
            content = new UnsafeBuffer(new byte[bulkBytes]);
        }

        @Override
        public void run() {
            while (running) {
                channels.poll(POLL_NS);
                if (pinging && !pingOut) {
                    pingOut = true;
                    sendPing();
                }
            }
        }

        void beginPings() {
            times = new Histogram(3);
            pinging = true;
            channels.wakeUp();
        }

        Histogram endPings() {
            pinging = false;
            while (pingOut) {
                Thread.onSpinWait();
            }
            return times;
        }

        private void sendPing() {
            pingSentNs = System.nanoTime();
            channels.send(0, Path.REPLICATION, ping, 0, PING_BYTES);
        }

        @Override
        public void onUp(final int host, final Path path) {
            up = true;
        }

        @Override
        public void onLifeline(final int host, final Path path, final boolean held) {
            throw new IllegalStateException("nobody asked for one");
        }

        @Override
        public void onMessage(final int host, final Path path, final DirectBuffer buffer, final int offset, final int length) {
            received += length;
            if (length != PING_BYTES) {
                return;
            }
            if (!pingOut) {
                channels.send(0, path, buffer, offset, length);
                return;
            }
            times.recordValue(System.nanoTime() - pingSentNs);
            if (pinging) {
                sendPing();
            } else {
                pingOut = false;
            }
        }

        @Override
        public void onDown(final int host, final Path path, final PathLoss loss, final String reason) {
            throw new IllegalStateException(path + " went down: " + reason);
        }

        @Override
        public int fill(final int host, final Path path, final MutableDirectBuffer to, final int offset, final int capacity) {
            if (!sending) {
                return 0;
            }
            to.putBytes(offset, content, 0, content.capacity());
            return content.capacity();
        }
    }
}
