package io.holdfast.failover;

import io.holdfast.replay.Choices;
import java.util.Map;
import java.util.Set;

/**
 * Whether the program of this process does something, or only waits: for a client, a lock, a time. Costs a safepoint, so it is
 * asked only where the answer matters. Any thread.
 */
final class ProgramActivity {
    /** The virtual machine's own, and this stack's. */
    private static final Set<String> OTHERS = Set.of("Reference Handler", "Finalizer", "Signal Dispatcher", "Common-Cleaner",
        "Notification Thread", "Attach Listener", "process reaper");
    private static final String OURS = "holdfast-";
    /** Where a thread that only waits for input is, by class; RUNNABLE for the virtual machine all the same. */
    private static final Set<String> WAITING_IN = Set.of("sun.nio.ch.EPoll", "sun.nio.ch.Net", "sun.nio.ch.FileDispatcherImpl",
        "sun.nio.ch.SocketDispatcher", "sun.nio.ch.UnixFileDispatcherImpl", "sun.nio.ch.UnixDomainSockets", "java.io.FileInputStream",
        "jdk.internal.misc.Unsafe", "java.lang.ProcessHandleImpl");
    /** So near the top of its stack a thread that waits within this stack's own code is found. */
    private static final int DEPTH = 16;

    private ProgramActivity() {
    }

    static boolean runs() {
        for (final Map.Entry<Thread, StackTraceElement[]> thread : Thread.getAllStackTraces().entrySet()) {
            if (runs(thread.getKey(), thread.getValue())) {
                return true;
            }
        }
        return false;
    }

    private static boolean runs(final Thread thread, final StackTraceElement[] frames) {
        if (frames.length == 0 || thread.getState() != Thread.State.RUNNABLE || thread == Thread.currentThread()
            || thread.getName().startsWith(OURS) || OTHERS.contains(thread.getName()) || WAITING_IN.contains(frames[0].getClassName())) {
            return false;
        }
        for (int i = 0; i < Math.min(frames.length, DEPTH); i++) {
            if (isOurWaiting(frames[i].getClassName())) {
                return false;
            }
        }
        return true;
    }

    /** The stack, and what is replayed; the program's own tasks run below {@link Choices}, which is no waiting. */
    private static boolean isOurWaiting(final String type) {
        return type.startsWith("io.holdfast.stack.")
            || type.startsWith("io.holdfast.replay.") && !type.startsWith(Choices.class.getName());
    }
}
