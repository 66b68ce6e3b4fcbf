package io.holdfast.perf;

import io.holdfast.buffer.ChunkPool;
import io.holdfast.buffer.StreamBuffer;
import io.holdfast.timer.TimerQueue;
import io.holdfast.util.SeededRandom;
import io.holdfast.util.SipHash;
import io.holdfast.wire.TcpCodec;
import io.holdfast.wire.TcpSegment;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Costs of the lowest floors, in one thread unless said otherwise: medians of {@value #ROUNDS} rounds after warm-up.
 * Run its main method with the JVM flags of the tests; an argument selects the lines that contain it.
 */
public final class MicroBenchmarks {
    private static final int ROUNDS = 9;
    private static final int WARM_UP_ROUNDS = 4;
    private static final long ROUND_BYTES = 1L << 30;
    private static final int TIMERS = 100_000;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private static long sink;

    private MicroBenchmarks() {
    }

    public static void main(final String[] args) throws InterruptedException {
        final String selected = args.length == 0 ? "" : args[0];
        for (final int piece : new int[] {65_536, 1_448, 1}) {
            if ("stream".contains(selected)) {
                stream(piece, true);
                stream(piece, false);
            }
            if ("threads".contains(selected)) {
                threads(piece);
            }
        }
        if ("codec".contains(selected)) {
            codec();
        }
        if ("timers".contains(selected)) {
            timers();
        }
        if ("siphash".contains(selected)) {
            measure("siphash of 3 longs", 5_000_000, n -> {
                for (long i = 0; i < n; i++) {
                    sink += SipHash.hash(1, 2, i, sink, 5);
                }
            });
        }
    }

    private static void stream(final int piece, final boolean direct) {
        final StreamBuffer buffer = new StreamBuffer(new ChunkPool(64L << 20), 4 << 20);
        final ByteBuffer src = direct ? ByteBuffer.allocateDirect(piece) : ByteBuffer.allocate(piece);
        final ByteBuffer dst = direct ? ByteBuffer.allocateDirect(piece) : ByteBuffer.allocate(piece);
        final long operations = Math.min(ROUND_BYTES / piece, 5_000_000);
        final double ns = measure("stream " + piece + " B " + (direct ? "direct" : "heap"), operations, n -> {
            for (long i = 0; i < n; i++) {
                buffer.append(src.clear());
                buffer.read(dst.clear());
            }
        });
        System.out.printf("    %.2f GB/s appended and read%n", piece / ns);
        if (!direct) {
            return;
        }
        // As the receive path does: the shard puts and publishes, and the application is a few reads behind.
        final UnsafeBuffer segment = new UnsafeBuffer(src);
        measure("stream " + piece + " B put and publish, read 8 later", operations, n -> {
            for (long i = 0; i < n; i++) {
                final long tail = buffer.tail();
                buffer.put(tail, segment, 0, piece);
                buffer.publish(tail + piece);
                if (buffer.size() >= 8 * piece) {
                    buffer.read(dst.clear());
                }
            }
        });
        buffer.free(0);
    }

    private static void threads(final int piece) throws InterruptedException {
        final StreamBuffer buffer = new StreamBuffer(new ChunkPool(64L << 20), 1 << 20);
        final long operations = Math.min(ROUND_BYTES / piece, 5_000_000);
        final double[] ns = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            final long total = operations * piece;
            final Thread producer = new Thread(() -> {
                final ByteBuffer src = ByteBuffer.allocateDirect(piece);
                for (long done = 0; done < total; ) {
                    final int n = buffer.append(src.clear());
                    done += n;
                    if (n == 0) {
                        Thread.yield();
                    }
                }
            });
            final long from = System.nanoTime();
            producer.start();
            final ByteBuffer dst = ByteBuffer.allocateDirect(65_536);
            for (long done = 0; done < total; ) {
                final int n = buffer.read(dst.clear());
                done += n;
                if (n == 0) {
                    Thread.yield();
                }
            }
            ns[round] = (double) (System.nanoTime() - from) / operations;
            producer.join();
        }
        Arrays.sort(ns);
        final double median = ns[ROUNDS / 2];
        System.out.printf("%-50s %8.1f ns%n    %.2f GB/s%n", "threads " + piece + " B", median, piece / median);
    }

    private static void codec() {
        final TcpSegment segment = new TcpSegment();
        final UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(2048));
        segment.flags = TcpSegment.ACK;
        measure("codec encode, no options", 5_000_000, n -> encode(segment, buffer, n));
        segment.timestamps = true;
        measure("codec encode, timestamps", 5_000_000, n -> encode(segment, buffer, n));
        measure("codec decode, timestamps", 5_000_000, n -> decode(segment, buffer, n));
        segment.sackCount = 3;
        measure("codec encode, timestamps and 3 SACK ranges", 5_000_000, n -> encode(segment, buffer, n));
        measure("codec decode, timestamps and 3 SACK ranges", 5_000_000, n -> {
            TcpCodec.encode(buffer, 64, segment);
            final TcpSegment into = new TcpSegment();
            decode(into, buffer, n);
        });
    }

    private static void encode(final TcpSegment segment, final UnsafeBuffer buffer, final long n) {
        for (long i = 0; i < n; i++) {
            segment.seq = (int) i;
            sink += TcpCodec.encode(buffer, 64, segment) + buffer.getInt(64 + 4 * ((int) i & 3));
        }
    }

    private static void decode(final TcpSegment segment, final UnsafeBuffer buffer, final long n) {
        for (long i = 0; i < n; i++) {
            buffer.putInt(68, (int) i);
            TcpCodec.decode(buffer, 64, 1500, segment);
            sink += segment.seq + segment.payloadLength;
        }
    }

    private static void timers() {
        final TimerQueue timers = new TimerQueue(TIMERS);
        final SeededRandom random = new SeededRandom(1);
        final int[] ids = new int[1 << 16];
        final long[] deadlines = new long[1 << 16];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = random.nextInt(TIMERS);
            deadlines[i] = random.nextLong(0, 1_000_000_000L);
        }
        for (int id = 0; id < TIMERS; id++) {
            timers.schedule(id, random.nextLong(0, 1_000_000_000L));
        }
        measure("timers move a random one of 100k anywhere", 2_000_000, n -> {
            for (int i = 0; i < n; i++) {
                final int at = i & 0xFFFF;
                timers.schedule(ids[at], deadlines[at]);
                deadlines[at] = deadlines[at] * 31 % 1_000_000_000L;
            }
        });
        measure("timers push a random one of 100k back 1 ms", 2_000_000, n -> {
            for (int i = 0; i < n; i++) {
                final int id = ids[i & 0xFFFF];
                timers.schedule(id, timers.deadlineNs(id) + 1_000_000);
            }
        });
        measure("timers push one of 100 back 1 us", 5_000_000, n -> {
            for (int i = 0; i < n; i++) {
                final int id = ids[i % 100];
                timers.schedule(id, timers.deadlineNs(id) + 1_000);
            }
        });
        measure("timers expire one of 100k and set it anew", 2_000_000, n -> {
            for (int i = 0; i < n; i++) {
                final long next = timers.nextDeadlineNs();
                timers.poll(next, (id, now) -> timers.schedule(id, now + 1 + deadlines[id & 0xFFFF]), 1);
            }
        });
    }

    /** Prints and returns the median of nanoseconds per operation. */
    private static double measure(final String label, final long operations, final LongConsumer run) {
        final double[] ns = new double[ROUNDS];
        for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
            // Processor time, so that other work on the machine disturbs less.
            final long from = THREADS.getCurrentThreadCpuTime();
            run.accept(operations);
            final long took = THREADS.getCurrentThreadCpuTime() - from;
            if (round >= 0) {
                ns[round] = (double) took / operations;
            }
        }
        Arrays.sort(ns);
        System.out.printf("%-50s %8.1f ns%n", label, ns[ROUNDS / 2]);
        return ns[ROUNDS / 2];
    }
}
