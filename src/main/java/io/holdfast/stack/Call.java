package io.holdfast.stack;

import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** A command whose caller waits for the result. */
final class Call<T> implements Command {
    private final Supplier<T> work;
    private final Thread caller = Thread.currentThread();
    private T result;
    private Throwable failure;
    private volatile boolean done;

    Call(final Supplier<T> work) {
        this.work = work;
    }

    @Override
    public void execute(final long nowNs) {
        try {
            result = work.get();
        } catch (final RuntimeException e) {
            failure = e;
        } catch (final Error e) {
            // The caller's, and the shard's, whose state it may have torn.
            failure = e;
            finish();
            throw e;
        }
        finish();
    }

    private void finish() {
        done = true;
        LockSupport.unpark(caller);
    }

    boolean done() {
        return done;
    }

    /** Once {@link #done}: what the work gave or threw. */
    T result() {
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        return result;
    }
}
