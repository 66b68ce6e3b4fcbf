package io.holdfast.stack;

import io.holdfast.util.Deadline;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * The right to run a shard, and the art of waiting for it: whoever needs the data runs the shard.
 *
 * <p><b>Roles.</b> The <i>holder</i> has the baton: a lock that is taken with one compare-and-set, never waited for, and
 * held only while duty cycles run. The <i>sleeper</i> is the one thread that sleeps on the device on behalf of all; it
 * does not hold the baton while it sleeps. Every other thread that waits is <i>parked</i>. The <i>agent</i> is the
 * shard's own thread: it becomes the sleeper when for a while nobody has run the shard.
 *
 * <pre>
 *   wait:   begin -> [baton free? run cycles] -> woken? --yes--> end
 *                          ^                       | no
 *                          |            role free? +--yes--> sleep on the device --+
 *                          |                       +--no --> park -----------------+
 *                          +-------------------------------------------------------+
 * </pre>
 *
 * <p><b>Invariants.</b> Each rests on two threads that write one volatile and then read the other's (Dekker), so that
 * at least one of them sees the other.
 * <ol>
 *   <li><i>One at a time.</i> Only the holder touches the shard.</li>
 *   <li><i>No command is forgotten.</i> Who offers a command tries to take the baton afterwards; who releases the baton
 *       looks at the queue afterwards, and takes the baton again if there is something and it is still free. If the
 *       agent alone may run the shard, who offers ends its sleep afterwards.</li>
 *   <li><i>No wake-up is lost.</i> A waiter's states, from idle to woken, are one atomic variable: a thread goes to
 *       sleep or parks by a compare-and-set that fails once it was woken, and the waker acts on the state it replaced. The
 *       device's own wake-up is not lost either when it comes before the sleep.</li>
 *   <li><i>No deadline is slept through.</i> The holder publishes the shard's next deadline before it releases, then
 *       looks until when the sleeper sleeps, and ends that sleep if the deadline is earlier. The sleeper publishes until
 *       when it will sleep, then looks at the deadline again.</li>
 *   <li><i>The device is always watched.</i> By the sleeper; or, when a sleeper has left because its own need was met, by
 *       the agent within {@link #lookIntervalNs}. It is left to the agent's next look, not handed on at once: the thread
 *       that left usually comes back sooner, and a hand-over costs each request a switch between threads. The agent
 *       rests without looking only while there is a sleeper, and a leaving sleeper ends that rest: the agent sets
 *       {@link #agentRests}, then looks for a sleeper; the leaver clears the role, then looks whether the agent rests.</li>
 *   <li><i>An application's thread comes first.</i> A thread that wants to wait and finds the agent in the role asks it
 *       to leave; the agent hands the role over by unparking that thread.</li>
 * </ol>
 *
 * <p>Virtual threads may run the shard when they find the baton free, but never become the sleeper. In the threading
 * modes with a thread of the shard's own, the agent keeps the role and nobody else may take the baton, before it is closed.
 *
 * <p><b>Borrowed threads.</b> A program's thread runs the shard only with enough of its stack left, see {@link StackRoom}; one
 * without waits and offers commands as all do where the agent alone runs the shard. Whatever is thrown out of a cycle all the
 * same <i>poisons</i> the baton: it is never free again, so that nobody goes on with what may be torn.
 */
public final class Baton {
    /** Longest sleep on the device: an interrupt does not end it, and is noticed after this at the latest. */
    static final long SLEEP_SLICE_NS = 250_000_000L;
    /** Looks of the agent without change before it rests. */
    static final int LOOKS_BEFORE_REST = 8;
    /** Cheap tries to take a baton that another thread has, before giving up the processor. */
    private static final int TAKE_SPINS = 64;
    private static final long AWAKE = Long.MIN_VALUE;
    private static final int SPIN_SCORE_MAX = 8;
    private static final int SPIN_SCORE_TO_SPIN = 4;
    /** How often who waits looks around once the baton is closed. */
    private static final long CLOSED_PARK_NS = 10_000_000L;
    /** Longest rest of the agent, which may have to tell of an end when nobody could wake it. */
    private static final long REST_NS = 1_000_000_000L;
    private static final VarHandle TAKEN;
    private static final VarHandle SLEEPER;
    private static final VarHandle DEADLINE;
    private static final VarHandle RELEASES;

    static {
        try {
            final MethodHandles.Lookup lookup = MethodHandles.lookup();
            TAKEN = lookup.findVarHandle(Baton.class, "taken", boolean.class);
            SLEEPER = lookup.findVarHandle(Baton.class, "sleeper", BatonWaiter.class);
            DEADLINE = lookup.findVarHandle(Baton.class, "deadlineNs", long.class);
            RELEASES = lookup.findVarHandle(Baton.class, "releases", long.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final SleepPoint link;
    private final DutyCycle cycle;
    private final boolean exclusive;
    private final long lookIntervalNs;
    private final long spinNs;
    private final BatonWaiter agentWaiter;
    private final Runnable poisonListener;

    private volatile Throwable poison;
    private volatile boolean taken;
    private Thread holder;
    private volatile BatonWaiter sleeper;
    private volatile long sleepUntilNs = AWAKE;
    private volatile long deadlineNs = Deadline.NONE;
    /** Grows with each release; the agent looks whether it moved. */
    private volatile long releases;
    private volatile boolean agentRests;
    private volatile boolean closed;
    private volatile BatonWaiter successor;
    private volatile Thread agentThread;
    /** How often a short sleep followed lately; only the sleeper writes it. */
    private int spinScore;

    /**
     * @param link           where the sleeper sleeps
     * @param exclusive      the agent alone runs the shard
     * @param lookIntervalNs how often the agent looks whether somebody runs the shard
     * @param spinNs         longest spin before a sleep; 0 for none
     * @param poisonListener told by the agent, once, that the baton is poisoned
     */
    Baton(final SleepPoint link, final DutyCycle cycle, final boolean exclusive, final long lookIntervalNs, final long spinNs,
        final Runnable poisonListener) {
        this.link = link;
        this.cycle = cycle;
        this.exclusive = exclusive;
        this.lookIntervalNs = lookIntervalNs;
        this.spinNs = spinNs;
        this.poisonListener = poisonListener;
        agentWaiter = newWaiter();
    }

    BatonWaiter newWaiter() {
        return new BatonWaiter(link::wakeUp);
    }

    /**
     * Takes the baton if it is free and the caller may have it, and has the room to run a cycle. Together with what follows, up
     * to {@link #release}, in one {@code try} whose {@code catch} calls {@link #thrown}.
     */
    boolean tryTake() {
        final Thread current = Thread.currentThread();
        if (taken || poison != null || exclusive && current != agentThread && !closed
            || current != agentThread && !StackRoom.forCycle() || !TAKEN.compareAndSet(this, false, true)) {
            return false;
        }
        holder = current;
        return true;
    }

    /** Does the caller have the baton? Any thread: nobody else writes the caller into the field. */
    boolean held() {
        return holder == Thread.currentThread();
    }

    /** Gives the baton back, after executing commands that came late. */
    void release() {
        do {
            letGo();
        } while (cycle.commandsPending() && tryTake() && runCommands());
    }

    private boolean runCommands() {
        cycle.runCommands();
        return true;
    }

    private void letGo() {
        final long next = cycle.nextDeadlineNs();
        // Ordered stores: the volatile store to "taken" is the fence for all of them.
        DEADLINE.setRelease(this, next);
        RELEASES.setRelease(this, (long) RELEASES.get(this) + 1);
        holder = null;
        taken = false;
        if (next < sleepUntilNs) {
            link.wakeUp();
        }
    }

    /** The caller was thrown out of what it did with the baton, or while it took it or gave it back. */
    void thrown(final Throwable cause) {
        if (held()) {
            poison(cause);
        }
    }

    /**
     * Something was thrown in the middle of a cycle, or of what a program's thread does to a connection's buffers: nobody takes
     * the baton any more. By the thread it happened to, which may have no stack and no memory left.
     */
    void poison(final Throwable cause) {
        if (poison == null) {
            poison = cause;
        }
        closed = true;
        if (held()) {
            holder = null;
        }
        final Thread agent = agentThread;
        if (agent == null) {
            poisonListener.run();
        } else {
            LockSupport.unpark(agent);
            link.wakeUp();
        }
    }

    /** What poisoned it; null if nothing did. Any thread. */
    Throwable poison() {
        return poison;
    }

    /** After a command was offered that the caller could not execute: makes sure that somebody sees it who can. */
    void commandOffered() {
        if (exclusive) {
            agentWaiter.wake();
        } else if (!taken) {
            // Whoever has the baton looks before it rests. Nobody has it: the caller may not.
            if (sleeper != null) {
                link.wakeUp();
            } else {
                LockSupport.unpark(agentThread);
            }
        }
    }

    /**
     * Waits until the waiter is woken, the time is up or the thread is interrupted; runs the shard meanwhile where that is
     * allowed.
     *
     * @param timeoutNs negative: no limit
     * @return true if it was woken
     */
    boolean await(final BatonWaiter waiter, final long timeoutNs) {
        final Thread current = Thread.currentThread();
        // Who may not run the shard must not sleep on the device for others either.
        final boolean mayRun = !exclusive && !Platform.isVirtual(current) && StackRoom.forCycle();
        if (!waiter.begin(current)) {
            return true;
        }
        final boolean woken;
        try {
            final long start = cycle.nowNs();
            final long deadline = timeoutNs < 0 || timeoutNs > Deadline.NONE - start ? Deadline.NONE : start + timeoutNs;
            while (true) {
                runUntilWoken(waiter);
                final long now = cycle.nowNs();
                if (waiter.woken() || current.isInterrupted() || now >= deadline) {
                    break;
                }
                if (closed) {
                    LockSupport.parkNanos(this, Math.min(CLOSED_PARK_NS, deadline - now));
                    break;
                }
                if (mayRun && claimSleep(waiter)) {
                    if (!spin(waiter)) {
                        sleep(waiter, deadline);
                    }
                } else {
                    park(waiter, deadline, mayRun);
                }
            }
        } finally {
            leaveSleep(waiter);
            woken = waiter.end();
        }
        return woken;
    }

    /** Runs cycles as long as there is work. False if another thread has the baton. */
    private boolean runUntilWoken(final BatonWaiter waiter) {
        int spins = 0;
        try {
            while (!tryTake()) {
                if (exclusive || waiter != sleeper || ++spins > TAKE_SPINS) {
                    if (waiter == sleeper) {
                        Thread.yield();
                    }
                    return false;
                }
                Thread.onSpinWait();
            }
            int work;
            do {
                work = cycle.run();
            } while (work > 0 && !waiter.woken() && !closed);
            release();
            return true;
        } catch (final Throwable e) {
            thrown(e);
            throw e;
        }
    }

    private boolean claimSleep(final BatonWaiter waiter) {
        final BatonWaiter now = sleeper;
        return now == waiter || now == null && SLEEPER.compareAndSet(this, null, waiter);
    }

    private void leaveSleep(final BatonWaiter waiter) {
        if (sleeper != waiter) {
            return;
        }
        sleeper = null;
        if (agentRests) {
            LockSupport.unpark(agentThread);
        }
    }

    /** Looks for work a little longer if that has been paying. True if it found some. */
    private boolean spin(final BatonWaiter waiter) {
        if (spinNs == 0 || spinScore < SPIN_SCORE_TO_SPIN) {
            return false;
        }
        final long end = cycle.nowNs() + spinNs;
        do {
            if (runOnce() > 0) {
                spinScore = Math.min(spinScore + 1, SPIN_SCORE_MAX);
                return true;
            }
            if (waiter.woken()) {
                return true;
            }
            Thread.onSpinWait();
        } while (cycle.nowNs() < end);
        spinScore -= 2;
        return false;
    }

    /** One cycle, if the baton is free. Returns its work. */
    private int runOnce() {
        try {
            if (!tryTake()) {
                return 0;
            }
            final int work = cycle.run();
            release();
            return work;
        } catch (final Throwable e) {
            thrown(e);
            throw e;
        }
    }

    private void sleep(final BatonWaiter waiter, final long deadline) {
        final long start = cycle.nowNs();
        long until = Math.min(deadline, start + SLEEP_SLICE_NS);
        long next = deadlineNs;
        do {
            until = Math.min(until, next);
            sleepUntilNs = until;
            next = deadlineNs;
        } while (next < until);
        if (until > start && waiter.toSleeping()) {
            link.await(until - start);
            waiter.toRunning();
            if (spinNs > 0) {
                final boolean shortSleep = cycle.nowNs() - start < spinNs;
                spinScore = shortSleep ? Math.min(spinScore + 1, SPIN_SCORE_MAX) : Math.max(spinScore - 1, 0);
            }
        }
        sleepUntilNs = AWAKE;
    }

    private void park(final BatonWaiter waiter, final long deadline, final boolean mayRun) {
        final boolean askAgent = mayRun && sleeper == agentWaiter;
        if (askAgent) {
            successor = waiter;
            agentWaiter.wake();
        }
        if (!waiter.toParked()) {
            return;
        }
        if (askAgent && sleeper == null) {
            // The agent has left already, perhaps before it could see this thread parked.
            waiter.toRunning();
            return;
        }
        if (deadline == Deadline.NONE) {
            LockSupport.park(this);
        } else {
            final long timeoutNs = deadline - cycle.nowNs();
            if (timeoutNs > 0) {
                LockSupport.parkNanos(this, timeoutNs);
            }
        }
        waiter.toRunning();
    }

    // --- the agent's part ---

    /** The agent's life, until {@link #close}. */
    void runAgent() {
        agentThread = Thread.currentThread();
        try {
            runOthersShare();
        } catch (final Throwable e) {
            poison(e);
        }
        if (poison != null) {
            poisonListener.run();
        }
    }

    private void runOthersShare() {
        long seen = releases;
        int quietLooks = 0;
        while (!closed) {
            final long now = releases;
            final boolean quiet = now == seen;
            seen = now;
            if (exclusive || sleeper == null && (quiet || deadlineNs <= cycle.nowNs())) {
                quietLooks = 0;
                if (claimSleep(agentWaiter)) {
                    watch();
                    seen = releases;
                }
            } else if (quiet && ++quietLooks > LOOKS_BEFORE_REST) {
                quietLooks = 0;
                rest();
            } else {
                quietLooks = quiet ? quietLooks : 0;
                LockSupport.parkNanos(this, lookIntervalNs);
            }
        }
    }

    private void rest() {
        agentRests = true;
        if (sleeper != null && !closed) {
            LockSupport.parkNanos(this, REST_NS);
        }
        agentRests = false;
    }

    /** Runs the shard as the sleeper until asked to leave. */
    private void watch() {
        try {
            boolean stay = beginWatch();
            while (stay && !closed) {
                runUntilWoken(agentWaiter);
                sleep(agentWaiter, Deadline.NONE);
                if (agentWaiter.woken()) {
                    agentWaiter.end();
                    stay = exclusive && beginWatch();
                }
            }
        } finally {
            agentWaiter.end();
            sleeper = null;
            final BatonWaiter next = successor;
            successor = null;
            if (next != null) {
                LockSupport.unpark(next.thread());
            }
        }
    }

    /** If the agent shares the shard, a wake-up asks it to leave; otherwise it tells of commands, which come next anyway. */
    private boolean beginWatch() {
        boolean begun = agentWaiter.begin(Thread.currentThread());
        while (exclusive && !begun) {
            begun = agentWaiter.begin(Thread.currentThread());
        }
        return begun;
    }

    /** Ends every wait and the agent. */
    void close() {
        closed = true;
        agentWaiter.wake();
        LockSupport.unpark(agentThread);
        link.wakeUp();
    }
}
