package io.holdfast.nio.parity;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A call that blocks in a thread of its own until the test makes it end. */
final class Background<T> {
    private final Thread thread;
    private final CountDownLatch started = new CountDownLatch(1);
    private volatile T result;
    private volatile Throwable failure;
    private volatile boolean interruptedAtEnd;

    private Background(final Callable<T> call) {
        thread = new Thread(() -> {
            started.countDown();
            try {
                result = call.call();
            } catch (final Throwable e) {
                failure = e;
            }
            interruptedAtEnd = Thread.currentThread().isInterrupted();
        }, "parity-background");
        thread.setDaemon(true);
        thread.start();
    }

    static <T> Background<T> run(final Callable<T> call) throws InterruptedException {
        final Background<T> background = new Background<>(call);
        background.started.await();
        ParityTest.settle();
        return background;
    }

    boolean isAlive() {
        return thread.isAlive();
    }

    void interrupt() {
        thread.interrupt();
    }

    boolean interruptedAtEnd() throws InterruptedException {
        join();
        return interruptedAtEnd;
    }

    T result() throws Exception {
        join();
        if (failure != null) {
            throw new AssertionError("background call failed", failure);
        }
        return result;
    }

    Throwable failure() throws InterruptedException {
        join();
        if (failure == null) {
            throw new AssertionError("background call returned " + result);
        }
        return failure;
    }

    private void join() throws InterruptedException {
        thread.join(TimeUnit.SECONDS.toMillis(10));
        if (thread.isAlive()) {
            final AssertionError stuck = new AssertionError("still blocked");
            stuck.setStackTrace(thread.getStackTrace());
            throw stuck;
        }
    }
}
