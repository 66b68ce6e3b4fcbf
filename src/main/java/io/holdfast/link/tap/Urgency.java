package io.holdfast.link.tap;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;

/** Which threads must not wait for a processor: Java's own priorities do nothing on Linux. */
public final class Urgency {
    private static final int PRIO_PROCESS = 0;
    private static final int CALLING_THREAD = 0;
    private static final int URGENT = -15;
    private static final int IDLE = 15;
    private static final int SCHED_RR = 2;
    /** Threads that an urgent one starts are ordinary ones. */
    private static final int RESET_ON_FORK = 0x4000_0000;
    /** Struct sched_param: the lowest of real-time priorities. */
    private static final UnsafeBuffer LOWEST = new UnsafeBuffer(ByteBuffer.allocateDirect(Integer.BYTES));

    static {
        LOWEST.putInt(0, 1, ByteOrder.nativeOrder());
    }

    private Urgency() {
    }

    /**
     * The calling thread comes before others, also of other processes: in real time, since niceness counts only within a
     * session or a control group, and what waits there waits for all the others. For threads that mostly sleep.
     *
     * @return false if that is not permitted (it needs CAP_SYS_NICE), and nothing has changed
     */
    public static boolean raise() {
        return Linux.libc().sched_setscheduler(CALLING_THREAD, SCHED_RR | RESET_ON_FORK, LOWEST.addressOffset()) == 0
            || Linux.libc().setpriority(PRIO_PROCESS, CALLING_THREAD, URGENT) == 0;
    }

    /** Other threads come before the calling one, from now on. */
    public static void lower() {
        Linux.libc().setpriority(PRIO_PROCESS, CALLING_THREAD, IDLE);
    }
}
