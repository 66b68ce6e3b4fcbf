package io.holdfast.link.tap;

import io.holdfast.os.Linux;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Sleeps in {@code ppoll} on a device and an eventfd. The eventfd is written only if a thread sleeps or is about to: the
 * sleeper announces itself before it looks for a pending wake-up, the waker leaves its wake-up before it looks for
 * sleepers, and both steps are atomic operations, so that one of the two sees the other. Any threads; a wake-up ends the
 * sleep of at least one of them.
 */
final class Sleeper {
    /** Threads that can sleep at once; one more waits {@link #CROWDED_NS} at a time. */
    static final int MAX_THREADS = 16;

    private static final long CROWDED_NS = 1_000_000;
    private static final long CLOSE_LIMIT_NS = 2_000_000_000L;
    /** Two of struct pollfd, then struct timespec, then the eventfd's number. */
    private static final int BLOCK_BYTES = 64;
    private static final int TIMESPEC = 16;
    private static final int EVENT_VALUE = 32;
    private static final int DEVICE_REVENTS = 6;
    private static final int EVENT_REVENTS = 14;
    private static final ByteOrder NATIVE = ByteOrder.nativeOrder();

    private final int deviceFd;
    private final int eventFd;
    private final UnsafeBuffer memory = new UnsafeBuffer(
        ByteBuffer.allocateDirect((MAX_THREADS + 1) * BLOCK_BYTES + BLOCK_BYTES));
    private final AtomicInteger freeBlocks = new AtomicInteger((1 << MAX_THREADS) - 1);
    private final AtomicInteger sleepers = new AtomicInteger();
    private final AtomicBoolean wakePending = new AtomicBoolean();
    private volatile boolean deviceLost;
    private volatile boolean closed;

    Sleeper(final int deviceFd) throws TapException {
        this.deviceFd = deviceFd;
        this.eventFd = Linux.libc().eventfd(0, Linux.O_NONBLOCK | Linux.O_CLOEXEC);
        if (eventFd < 0) {
            throw new TapException("cannot open an eventfd (" + Linux.errorName(Linux.errno())
                + "): raise the limit of open files");
        }
        memory.putLong(MAX_THREADS * BLOCK_BYTES, 1, NATIVE);
    }

    /** The device is gone: sleep on the eventfd alone, or a sleep would never last. */
    void deviceLost() {
        deviceLost = true;
    }

    /** The descriptor stands for a device again. */
    void deviceBack() {
        deviceLost = false;
    }

    boolean isDeviceLost() {
        return deviceLost;
    }

    void await(final long timeoutNs) {
        sleepers.incrementAndGet();
        try {
            if (wakePending.get() || timeoutNs <= 0 || closed) {
                return;
            }
            final int block = claimBlock();
            if (block < 0) {
                LockSupport.parkNanos(this, Math.min(timeoutNs, CROWDED_NS));
                return;
            }
            try {
                poll(block * BLOCK_BYTES, timeoutNs);
            } finally {
                releaseBlock(block);
            }
        } finally {
            // A woken thread looks at everything after this, so a wake-up that is cleared here has had its effect.
            wakePending.set(false);
            sleepers.decrementAndGet();
        }
    }

    private void poll(final int block, final long timeoutNs) {
        memory.putInt(block, deviceLost ? -1 : deviceFd, NATIVE);
        memory.putInt(block + 4, Linux.POLLIN, NATIVE);
        memory.putInt(block + 8, eventFd, NATIVE);
        memory.putInt(block + 12, Linux.POLLIN, NATIVE);
        memory.putLong(block + TIMESPEC, timeoutNs / TimeUnit.SECONDS.toNanos(1), NATIVE);
        memory.putLong(block + TIMESPEC + 8, timeoutNs % TimeUnit.SECONDS.toNanos(1), NATIVE);
        final long address = memory.addressOffset() + block;
        if (Linux.libc().ppoll(address, 2, address + TIMESPEC, 0) <= 0) {
            return;
        }
        if (memory.getShort(block + EVENT_REVENTS, NATIVE) != 0) {
            Linux.libc().read(eventFd, address + EVENT_VALUE, Long.BYTES);
        }
        final int gone = Linux.POLLERR | Linux.POLLHUP | Linux.POLLNVAL;
        if ((memory.getShort(block + DEVICE_REVENTS, NATIVE) & gone) != 0) {
            deviceLost = true;
        }
    }

    void wakeUp() {
        // The thread that left a pending wake-up has announced it to every sleeper.
        if (!wakePending.getAndSet(true) && sleepers.get() > 0) {
            Linux.libc().write(eventFd, memory.addressOffset() + MAX_THREADS * BLOCK_BYTES, Long.BYTES);
        }
    }

    private int claimBlock() {
        while (true) {
            final int free = freeBlocks.get();
            if (free == 0) {
                return -1;
            }
            final int block = Integer.numberOfTrailingZeros(free);
            if (freeBlocks.compareAndSet(free, free & ~(1 << block))) {
                return block;
            }
        }
    }

    private void releaseBlock(final int block) {
        while (true) {
            final int free = freeBlocks.get();
            if (freeBlocks.compareAndSet(free, free | 1 << block)) {
                return;
            }
        }
    }

    /** Ends every sleep, and gives the eventfd back once the sleepers are gone. The device may be closed afterwards. */
    void close() {
        closed = true;
        final long giveUpNs = System.nanoTime() + CLOSE_LIMIT_NS;
        while (sleepers.get() > 0 && System.nanoTime() - giveUpNs < 0) {
            Linux.libc().write(eventFd, memory.addressOffset() + MAX_THREADS * BLOCK_BYTES, Long.BYTES);
            LockSupport.parkNanos(this, CROWDED_NS / 10);
        }
        Linux.libc().close(eventFd);
    }
}
