package io.holdfast.perf;

import com.sun.management.ThreadMXBean;
import io.holdfast.app.sample.EventLoop;
import io.holdfast.config.StackConfig;
import io.holdfast.counters.Counters;
import io.holdfast.counters.TcpCounter;
import io.holdfast.nio.HoldfastSelectorProvider;
import io.holdfast.socket.HoldfastStack;
import io.holdfast.wire.IpAddress;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.spi.SelectorProvider;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A sample server that measures itself: {@code AllocationServer echo|discard|chargen DEVICE ADDRESS PORT SECONDS}. In the
 * second half of the time it sums what every thread of the process but the measuring one allocates on the heap, and
 * divides by the segments that the stack's counters say came and went.
 */
public final class AllocationServer {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private AllocationServer() {
    }

    public static void main(final String[] arguments) throws Exception {
        final InetAddress address = InetAddress.getByName(arguments[2]);
        final InetSocketAddress local = new InetSocketAddress(address, Integer.parseInt(arguments[3]));
        final HoldfastStack stack = HoldfastStack.start(
            new StackConfig().device(arguments[1]).address(IpAddress.of(address)).prefixLength(24));
        start(arguments[0], new HoldfastSelectorProvider(stack), local);
        System.out.println("listening");

        final long halfMs = (long) (Double.parseDouble(arguments[4]) * 500);
        Thread.sleep(halfMs);
        final Map<Long, Long> before = allocated();
        final long segmentsBefore = segments(stack.counters());
        Thread.sleep(halfMs - 200); // the client ends at the same time
        final Map<Long, Long> after = allocated();
        report(arguments[0], before, after, segments(stack.counters()) - segmentsBefore);
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    private static void start(final String sample, final SelectorProvider provider, final InetSocketAddress local)
        throws Exception {
        switch (sample) {
            case "echo" -> EventLoop.echo(provider, local);
            case "discard" -> EventLoop.discard(provider, local);
            case "chargen" -> EventLoop.chargen(provider, local);
            default -> throw new IllegalArgumentException(sample);
        }
    }

    private static void report(
        final String sample, final Map<Long, Long> before, final Map<Long, Long> after, final long segments) {
        long total = 0;
        final Map<String, Long> byThread = new TreeMap<>();
        for (final Map.Entry<Long, Long> entry : after.entrySet()) {
            final long bytes = entry.getValue() - before.getOrDefault(entry.getKey(), 0L);
            if (bytes > 0 && entry.getKey() != Thread.currentThread().getId()) {
                total += bytes;
                byThread.merge(String.valueOf(THREADS.getThreadInfo(entry.getKey()) == null ? "ended"
                    : THREADS.getThreadInfo(entry.getKey()).getThreadName()), bytes, Long::sum);
            }
        }
        System.out.printf(Locale.ROOT, "%-8s %12d bytes, %12d segments: %.4f bytes a segment %s%n",
            sample, total, segments, segments == 0 ? Double.NaN : (double) total / segments, byThread);
    }

    private static Map<Long, Long> allocated() {
        final long[] ids = THREADS.getAllThreadIds();
        final long[] bytes = THREADS.getThreadAllocatedBytes(ids);
        final Map<Long, Long> result = new TreeMap<>();
        for (int i = 0; i < ids.length; i++) {
            result.put(ids[i], bytes[i]);
        }
        return result;
    }

    private static long segments(final Counters counters) {
        return counters.get(TcpCounter.IN_SEGS) + counters.get(TcpCounter.OUT_SEGS);
    }
}
