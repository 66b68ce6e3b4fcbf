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
 * Ends a protected program in order when the JVM shuts down. First a primary hands its connections over to a backup in sync. Then
 * the program's shutdown hooks run, with the stack still below them. Then, where no other host carries the connections on, the
 * program's sockets are closed, as the kernel closes those of an ended process, and the stack stays until the data they had to
 * send has arrived, or the limit is reached.
 *
 * <p>The JVM runs all hooks that were added in the usual way at the same time. The stack's end is therefore one of the JVM's own
 * hooks, which run one after the other, behind those.
 */
final class AgentEnd {
    /** Slot of the first of the JVM's own ten hooks that the JDK leaves unused; the program's hooks run in slot 1. */
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

    /** Registers {@link #run} behind the program's hooks. */
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

    /** Hands over, once, before the program's hooks run, since they may close connections. */
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

    /** No other host carries the connections on. */
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
