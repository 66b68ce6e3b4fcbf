package io.holdfast.stack;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * What one thread waits with, see {@link Baton}. All that can happen to a wait goes through one atomic state, so that a
 * wake-up is never lost: it finds the wait before its start, running, asleep or parked, and does what that needs.
 */
public final class BatonWaiter {
    private static final int IDLE = 0;
    private static final int RUNNING = 1;
    private static final int SLEEPING = 2;
    private static final int PARKED = 3;
    private static final int WOKEN = 4;
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(BatonWaiter.class, "state", int.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Runnable sleepEnder;
    private volatile int state = IDLE;
    private Thread thread;

    /**
     * @param sleepEnder ends the sleep on the device; called only if the waiter's thread may be in it
     */
    BatonWaiter(final Runnable sleepEnder) {
        this.sleepEnder = sleepEnder;
    }

    /** Ends the current wait, or the next one at its start. Any thread; costs a system call only if the waiter is asleep. */
    public void wake() {
        if (state == WOKEN) {
            return;
        }
        switch ((int) STATE.getAndSet(this, WOKEN)) {
            case SLEEPING -> sleepEnder.run();
            case PARKED -> LockSupport.unpark(thread);
            default -> {
                // Nobody waits, or the waiter runs the shard and looks at its state next.
            }
        }
    }

    /** The waiting thread; null before the first wait. */
    Thread thread() {
        return thread;
    }

    /** Starts a wait. False, and the wake-up is used up, if one came before. */
    boolean begin(final Thread waiting) {
        if (state == WOKEN) {
            state = IDLE;
            return false;
        }
        thread = waiting;
        if (!STATE.compareAndSet(this, IDLE, RUNNING)) {
            if (state != WOKEN) {
                throw new IllegalStateException("two threads wait with one waiter");
            }
            state = IDLE;
            return false;
        }
        return true;
    }

    boolean woken() {
        return state == WOKEN;
    }

    /** False if it was woken: then it must not sleep. */
    boolean toSleeping() {
        return STATE.compareAndSet(this, RUNNING, SLEEPING);
    }

    boolean toParked() {
        return STATE.compareAndSet(this, RUNNING, PARKED);
    }

    /** Back from sleeping or parking; a wake-up that came meanwhile stays. */
    void toRunning() {
        final int before = state;
        if (before != WOKEN) {
            STATE.compareAndSet(this, before, RUNNING);
        }
    }

    /** Ends a wait. True, and the wake-up is used up, if it was woken. */
    boolean end() {
        return (int) STATE.getAndSet(this, IDLE) == WOKEN;
    }
}
