package io.holdfast.link.tap;

/** Which threads must not wait for a processor: Java's own priorities do nothing on Linux. */
public final class Urgency {
    private static final int PRIO_PROCESS = 0;
    private static final int CALLING_THREAD = 0;
    private static final int URGENT = -15;
    private static final int IDLE = 15;

    private Urgency() {
    }

    /**
     * The calling thread comes before others of its kind, also of other processes.
     *
     * @return false if that is not permitted (it needs CAP_SYS_NICE), and nothing has changed
     */
    public static boolean raise() {
        return Linux.libc().setpriority(PRIO_PROCESS, CALLING_THREAD, URGENT) == 0;
    }

    /** Other threads come before the calling one, from now on. */
    public static void lower() {
        Linux.libc().setpriority(PRIO_PROCESS, CALLING_THREAD, IDLE);
    }
}
