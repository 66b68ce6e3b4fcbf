package io.holdfast.stack;

import io.holdfast.link.Link;
import java.util.concurrent.locks.LockSupport;

/** Where the one thread sleeps that waits for a shard's work. A wake-up before the sleep is not lost. */
interface SleepPoint {
    void await(long timeoutNs);

    /** Any thread. */
    void wakeUp();

    /** On the device. */
    static SleepPoint on(final Link link) {
        return new SleepPoint() {
            @Override
            public void await(final long timeoutNs) {
                link.await(timeoutNs);
            }

            @Override
            public void wakeUp() {
                link.wakeUp();
            }
        };
    }

    /** Parked, where another thread sleeps on the device. */
    final class Parked implements SleepPoint {
        private volatile boolean woken;
        private volatile Thread sleeper;

        @Override
        public void await(final long timeoutNs) {
            sleeper = Thread.currentThread();
            if (!woken) {
                LockSupport.parkNanos(this, timeoutNs);
            }
            sleeper = null;
            woken = false;
        }

        @Override
        public void wakeUp() {
            if (!woken) {
                woken = true;
                LockSupport.unpark(sleeper);
            }
        }
    }
}
