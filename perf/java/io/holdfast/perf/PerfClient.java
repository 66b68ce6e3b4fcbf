package io.holdfast.perf;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/**
 * Loads one server through the kernel's sockets, prints results as {@code METRIC VALUE} lines. Usage:
 * {@code PerfClient in|out|pingpong|connections HOST PORT SECONDS [THREADS]}. The first part of each run does not count.
 */
public final class PerfClient {
    private static final int COPY_BYTES = 256 * 1024;
    private static final long WARM_UP_NS = 400_000_000;
    private static final long NS = 1_000_000_000;

    private PerfClient() {
    }

    public static void main(final String[] arguments) throws Exception {
        final InetSocketAddress server = new InetSocketAddress(arguments[1], Integer.parseInt(arguments[2]));
        final long measureNs = (long) (Double.parseDouble(arguments[3]) * NS);
        switch (arguments[0]) {
            case "in" -> print("bulk-in-Gbit/s", bulk(server, measureNs, true));
            case "out" -> print("bulk-out-Gbit/s", bulk(server, measureNs, false));
            case "pingpong" -> pingPong(server, measureNs);
            case "connections" -> connections(server, measureNs, Integer.parseInt(arguments[4]));
            default -> throw new IllegalArgumentException(arguments[0]);
        }
        System.out.flush();
        // Buffers on their way need not be waited for.
        Runtime.getRuntime().halt(0);
    }

    private static double bulk(
        final InetSocketAddress server, final long measureNs, final boolean in) throws IOException {
        final ByteBuffer buffer = ByteBuffer.allocateDirect(COPY_BYTES);
        try (SocketChannel channel = SocketChannel.open(server)) {
            move(channel, buffer, in, System.nanoTime() + WARM_UP_NS);
            final long start = System.nanoTime();
            final long bytes = move(channel, buffer, in, start + measureNs);
            return bytes * 8.0 / (System.nanoTime() - start);
        }
    }

    private static long move(
        final SocketChannel channel, final ByteBuffer buffer, final boolean in, final long endNs) throws IOException {
        long bytes = 0;
        while (System.nanoTime() - endNs < 0) {
            buffer.clear();
            final int n = in ? channel.write(buffer) : channel.read(buffer);
            if (n < 0) {
                throw new IOException("the server closed");
            }
            bytes += n;
        }
        return bytes;
    }

    private static void pingPong(final InetSocketAddress server, final long measureNs) throws IOException {
        final Histogram latency = new Histogram(NS, 3);
        final ByteBuffer buffer = ByteBuffer.allocateDirect(1);
        try (SocketChannel channel = SocketChannel.open(server)) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            final long start = System.nanoTime();
            long before = start;
            while (before - start < WARM_UP_NS + measureNs) {
                buffer.clear();
                channel.write(buffer);
                buffer.clear();
                if (channel.read(buffer) != 1) {
                    throw new IOException("the server closed");
                }
                final long after = System.nanoTime();
                if (before - start >= WARM_UP_NS) {
                    latency.recordValue(Math.min(after - before, NS));
                }
                before = after;
            }
        }
        print("p50-us", latency.getValueAtPercentile(50) / 1e3);
        print("p99-us", latency.getValueAtPercentile(99) / 1e3);
    }

    /** Connect, one byte there and back, close; as often as the threads can. */
    private static void connections(final InetSocketAddress server, final long measureNs, final int threads)
        throws Exception {
        final AtomicLong ended = new AtomicLong();
        final AtomicLong failed = new AtomicLong();
        for (int i = 0; i < threads; i++) {
            final Thread thread = new Thread(() -> connectForEver(server, ended, failed));
            thread.setDaemon(true);
            thread.start();
        }
        Thread.sleep(WARM_UP_NS / 1_000_000);
        final long before = ended.get();
        final long start = System.nanoTime();
        Thread.sleep(measureNs / 1_000_000);
        print("connections/s-" + threads, (ended.get() - before) * 1e9 / (System.nanoTime() - start));
        if (failed.get() > 0) {
            System.err.println(failed.get() + " connections failed");
        }
    }

    private static void connectForEver(final InetSocketAddress server, final AtomicLong ended, final AtomicLong failed) {
        final ByteBuffer buffer = ByteBuffer.allocateDirect(1);
        while (true) {
            try (SocketChannel channel = SocketChannel.open(server)) {
                buffer.clear();
                channel.write(buffer);
                buffer.clear();
                if (channel.read(buffer) == 1) {
                    ended.incrementAndGet();
                }
            } catch (final IOException e) {
                failed.incrementAndGet();
            }
        }
    }

    private static void print(final String metric, final double value) {
        System.out.printf(Locale.ROOT, "%s %.3f%n", metric, value);
    }
}
