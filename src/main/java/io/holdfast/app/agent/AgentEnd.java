package io.holdfast.app.agent;

import io.holdfast.failover.Handover;
import io.holdfast.failover.Node;
import io.holdfast.failover.NodeStatus;
import io.holdfast.membership.Role;
import io.holdfast.ops.ControlServer;
import io.holdfast.socket.HoldfastStack;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Locale;

/**
 * How a protected program ends when it is asked to: first a primary hands its connections over to a backup in sync; then the
 * program's shutdown hooks run, with the stack below them; then, where no other host goes on with them, the program's sockets are
 * closed, as the kernel does for a process that is gone, and the stack stays until what they had to send has arrived, or the
 * limit is reached.
 *
 * <p>The JVM runs all hooks that were added in the usual way at the same time; the stack's end is therefore one of its own, which
 * come one after the other, behind those.
 */
final class AgentEnd {
    /** Of the JVM's own ten hooks, the first that the JDK leaves alone; the program's run in the one with number 1. */
    private static final int FIRST_SLOT = 5;
    private static final int LAST_SLOT = 9;
    private static final int HANDOVER_SECONDS = 5;

    private final Node node;
    private final HoldfastStack stack;
    private final ControlServer control;
    private final int limitMs;
    private boolean askedToHandOver;

    /**
     * @param node    null if nothing is replicated
     * @param control may be null
     * @param limitMs how long the stack outlives the program at most
     */
    AgentEnd(final Node node, final HoldfastStack stack, final ControlServer control, final int limitMs) {
        this.node = node;
        this.stack = stack;
        this.control = control;
        this.limitMs = limitMs;
    }

    /** Has {@link #run} called behind the program's hooks. */
    void register() {
        final Runnable last = this::run;
        for (int slot = FIRST_SLOT; slot <= LAST_SLOT; slot++) {
            if (add(slot, last)) {
                return;
            }
        }
        Runtime.getRuntime().addShutdownHook(new Thread(last, "holdfast-shutdown"));
    }

    private static boolean add(final int slot, final Runnable hook) {
        try {
            final Class<?> shutdown = Class.forName("java.lang.Shutdown");
            final MethodHandle add = MethodHandles.privateLookupIn(shutdown, MethodHandles.lookup()).findStatic(shutdown, "add",
                MethodType.methodType(void.class, int.class, boolean.class, Runnable.class));
            add.invokeExact(slot, false, hook);
            return true;
        } catch (final IllegalStateException e) {
            // The JVM ends already.
            throw e;
        } catch (final Throwable e) {
            // Taken, or another JDK.
            return false;
        }
    }

    /** Before the program's hooks, which may close what is to be handed over. Does so once. */
    synchronized Object handOver() {
        if (node == null || askedToHandOver) {
            return null;
        }
        askedToHandOver = true;
        try {
            final NodeStatus status = node.status();
            if (status.membership().role() == Role.PRIMARY) {
                final Handover result = node.switchover(HANDOVER_SECONDS);
                System.err.println(result.refusal() != null ? "holdfast: ends without a switchover: " + result.refusal()
                    : String.format(Locale.ROOT, "holdfast: ends; the other host leads since epoch %d, handed over in %.1f ms",
                        result.epoch(), result.tookNs() / 1e6));
            }
        } catch (final RuntimeException e) {
            System.err.println("holdfast: ends without a switchover: " + e.getMessage());
        }
        return null;
    }

    /** Nobody else goes on with the connections. */
    private boolean isAlone() {
        try {
            return node == null || node.status().membership().role() == Role.SOLO;
        } catch (final RuntimeException e) {
            System.err.println("holdfast: " + e.getMessage());
            return false;
        }
    }

    private void run() {
        handOver();
        if (control != null) {
            try {
                control.close();
            } catch (final IOException e) {
                System.err.println("holdfast: " + e.getMessage());
            }
        }
        if (isAlone()) {
            stack.finish(limitMs);
        }
        if (node == null) {
            stack.close();
        } else {
            node.close();
        }
    }
}
