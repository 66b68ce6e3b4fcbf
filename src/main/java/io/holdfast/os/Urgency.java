package io.holdfast.os;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.BufferUtil;

/** Which threads must not wait for a processor: Java's own priorities do nothing on Linux. */
public enum Urgency {
    /** Runs before every thread of the ordinary scheduling class. */
    REAL_TIME,
    /** Runs before other ordinary threads; where the kernel groups processes by session, only before those of its own group. */
    PREFERRED,
    /** Runs as any other thread: raising its priority is not permitted (CAP_SYS_NICE). */
    ORDINARY;

    private static final int CALLING_THREAD = 0;
    /** Round robin, at the lowest of its priorities; threads that it starts are ordinary. */
    private static final int SCHED_RR_RESET_ON_FORK = 2 | 0x4000_0000;
    private static final int LOWEST_PRIORITY = 1;
    private static final int PRIO_PROCESS = 0;
    private static final int URGENT = -15;

    /**
     * Gives the calling thread the highest permitted priority, and returns it. For threads that nearly always sleep: all other
     * threads of a processor wait while it runs, and the kernel stops one that runs for most of a second for the rest of that
     * second (sched_rt_runtime_us).
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
     * Raises the calling thread's priority among ordinary threads, if that is permitted, and returns the result. Also for threads
     * that work hard.
     */
    public static Urgency prefer() {
        return prefer(CALLING_THREAD) ? PREFERRED : ORDINARY;
    }

    /**
     * Raises another thread of this process, by the kernel's number. Returns true if that is permitted, or the thread has
     * ended.
     */
    static boolean prefer(final int thread) {
        return Linux.libc().setpriority(PRIO_PROCESS, thread, URGENT) == 0 || Linux.errno() == Linux.ESRCH;
    }
}
