package io.holdfast.os;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.BufferUtil;

/** Which threads must not wait for a processor: Java's own priorities do nothing on Linux. */
public enum Urgency {
    /** Before every thread of the ordinary kind. */
    REAL_TIME,
    /** Before others of its kind; where the kernel groups processes by session, before those of its own group only. */
    PREFERRED,
    /** As any other: nothing else is permitted (it needs CAP_SYS_NICE). */
    ORDINARY;

    private static final int CALLING_THREAD = 0;
    /** Round robin, at the lowest of its priorities; threads that it starts are ordinary. */
    private static final int SCHED_RR_RESET_ON_FORK = 2 | 0x4000_0000;
    private static final int LOWEST_PRIORITY = 1;
    private static final int PRIO_PROCESS = 0;
    private static final int URGENT = -15;

    /**
     * Gives the calling thread the most that is permitted, and says what that is. For threads that sleep nearly always: all
     * others of a processor wait while it runs, and one that runs for most of a second is itself stopped for the rest of it
     * (sched_rt_runtime_us).
     */
    public static Urgency raise() {
        final ByteBuffer parameters = ByteBuffer.allocateDirect(Integer.BYTES).order(ByteOrder.nativeOrder());
        parameters.putInt(0, LOWEST_PRIORITY);
        final LibC libc = Linux.libc();
        final boolean realTime =
            libc.sched_setscheduler(CALLING_THREAD, SCHED_RR_RESET_ON_FORK, BufferUtil.address(parameters)) == 0;
        Reference.reachabilityFence(parameters);
        if (realTime) {
            return REAL_TIME;
        }
        return prefer();
    }

    /**
     * Has the calling thread preferred before ordinary ones, if that is permitted, and says what it is. For one that works hard,
     * too.
     */
    public static Urgency prefer() {
        return prefer(CALLING_THREAD) ? PREFERRED : ORDINARY;
    }

    /**
     * The same for another thread of this process, by the kernel's number. Returns whether it is permitted, or the thread has
     * ended.
     */
    static boolean prefer(final int thread) {
        return Linux.libc().setpriority(PRIO_PROCESS, thread, URGENT) == 0 || Linux.errno() == Linux.ESRCH;
    }
}
