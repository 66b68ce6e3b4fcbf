package io.holdfast.stack;

import io.holdfast.os.ThreadStack;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Whether the calling thread has enough of its stack left for what it is about to do. Threads of the program run the shard and
 * touch its buffers, at whatever depth they are; a {@link StackOverflowError} in the middle of that would leave both torn. So
 * they look first, and the error comes to the program where nothing has changed yet.
 *
 * <p>A look takes some tens of nanoseconds: the stack pointer, compared with the thread's lowest address, which is remembered. A
 * probe that recurses would have to be a hundred times slower, as compiled frames have 16 bytes and interpreted ones a hundred,
 * and would say nothing about bytes. Where stacks cannot be looked at (see {@link ThreadStack#failure}), no thread but the
 * shard's own runs the shard.
 *
 * <p>The JVM throws while some pages are left yet, for its own use; how many is measured once. Any thread.
 */
public final class StackRoom {
    /**
     * For a duty cycle, with the handlers that it calls. A cycle takes 5 KiB, interpreted or compiled (KilledCyclesTest holds it
     * to less than 16), and up to 22 KiB more where it loads a class; agents that transform classes take theirs on top of that.
     */
    static final int CYCLE_BYTES = 96 * 1024;
    /** For a socket's call by a thread that runs the shard already, out of a handler. */
    static final int HELD_BYTES = 40 * 1024;
    /** For a socket's call that leaves the shard to another thread. */
    static final int CALL_BYTES = 32 * 1024;
    /** For a channel's or a java.net socket's call, which holds locks around the socket's. */
    static final int CHANNEL_BYTES = 40 * 1024;

    /** Threads remembered; two that share a place look their stack up each time. */
    private static final int PLACES = 1024;
    private static final int PAGE_SHIFT = 12;
    private static final int MEASURING_STACK_BYTES = 256 * 1024;
    private static final AtomicReferenceArray<Known> THREADS = new AtomicReferenceArray<>(PLACES);
    private static final AtomicReferenceArray<Carrier> CARRIERS = new AtomicReferenceArray<>(PLACES);
    /** Bytes above the lowest address at which the JVM throws. */
    private static final long RESERVE_BYTES = reserveBytes();

    private StackRoom() {
    }

    /** Bytes that the calling thread may use before the JVM throws; negative if that is not known. */
    static long left() {
        final Thread thread = Thread.currentThread();
        final long lowest = RESERVE_BYTES < 0 ? ThreadStack.UNKNOWN
            : Platform.isVirtual(thread) ? lowestOfCarrier() : lowestOf(thread);
        return lowest == ThreadStack.UNKNOWN ? -1 : Math.max(0, ThreadStack.pointer() - lowest - RESERVE_BYTES);
    }

    /** May the calling thread run the shard? */
    static boolean forCycle() {
        return left() >= CYCLE_BYTES;
    }

    /**
     * Before a channel or a java.net socket takes its locks.
     *
     * @throws StackOverflowError if the calling thread is too deep
     */
    public static void forChannel() {
        require(CHANNEL_BYTES);
    }

    /**
     * @throws StackOverflowError if the calling thread has less than that; not where it is not known
     */
    static void require(final int bytes) {
        if (!has(bytes)) {
            throw new StackOverflowError("no stack left for a call into Holdfast");
        }
    }

    /** True where it is not known. */
    static boolean has(final int bytes) {
        final long left = left();
        return left < 0 || left >= bytes;
    }

    private static long lowestOf(final Thread thread) {
        // An index only: a program may have a number of its own for its threads.
        final int place = (int) thread.getId() & PLACES - 1;
        final Known known = THREADS.getAcquire(place);
        if (known != null && known.refersTo(thread)) {
            return known.lowest;
        }
        final Known found = new Known(thread, ThreadStack.lowestAddress());
        THREADS.setRelease(place, found);
        return found.lowest;
    }

    /** Carriers have stacks of one size, so that another one with the same number has the same lowest address. */
    private static long lowestOfCarrier() {
        final long number = ThreadStack.carrier();
        final int place = (int) (number >>> PAGE_SHIFT) & PLACES - 1;
        final Carrier known = CARRIERS.getAcquire(place);
        if (known != null && known.number == number) {
            return known.lowest;
        }
        final Carrier found = new Carrier(number, ThreadStack.lowestAddress());
        CARRIERS.setRelease(place, found);
        return found.lowest;
    }

    private static long reserveBytes() {
        if (ThreadStack.failure() != null) {
            return -1;
        }
        final Fall fall = new Fall();
        final Thread thread = new Thread(null, fall, "holdfast-stack", MEASURING_STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
        ThreadJoin.join(thread);
        return fall.reserve;
    }

    private static final class Known extends WeakReference<Thread> {
        private final long lowest;

        Known(final Thread thread, final long lowest) {
            super(thread);
            this.lowest = lowest;
        }
    }

    private record Carrier(long number, long lowest) {
    }

    /** Falls until the JVM throws. */
    private static final class Fall implements Runnable {
        private long deepest;
        private volatile long reserve = -1;

        @Override
        public void run() {
            final long lowest = ThreadStack.lowestAddress();
            try {
                deeper();
            } catch (final StackOverflowError e) {
                reserve = lowest == ThreadStack.UNKNOWN ? -1 : deepest - lowest;
            }
        }

        private void deeper() {
            deepest = ThreadStack.pointer();
            deeper();
        }
    }
}
