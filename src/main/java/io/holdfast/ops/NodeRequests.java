package io.holdfast.ops;

import io.holdfast.failover.Handover;
import io.holdfast.failover.Node;
import io.holdfast.failover.NodeStatus;
import io.holdfast.failover.Takeover;
import io.holdfast.socket.KernelAcceptor;
import io.holdfast.socket.SocketEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Answers of the control socket about replication. The first line is {@code ok}, or {@code error} with the reason why the request
 * cannot be answered. A question's next line is {@code yes TEXT} or {@code no REASON}. Any thread.
 */
final class NodeRequests {
    static final int DEFAULT_SWITCHOVER_SECONDS = 10;
    private static final int SWITCHOVER_LIMIT_SECONDS = 3_600;
    private static final String NONE = "this stack is not replicated: replication.mode is off";

    private final Node node;

    /** @param node may be null: the stack is not replicated */
    NodeRequests(final Node node) {
        this.node = node;
    }

    String status(final boolean json) {
        if (node == null) {
            return "error " + NONE + "\n";
        }
        final NodeStatus status = node.status();
        return "ok\n" + (json ? StatusJson.text(status, listening(), byKernel()) : StatusReport.text(status, listening(), byKernel()));
    }

    String ready() {
        if (node == null) {
            return "ok\nno " + NONE + "\n";
        }
        final NodeStatus status = node.status();
        final String missing = status.whatIsMissing(!listening().isEmpty());
        return missing != null ? "ok\nno " + missing + "\n" : "ok\nyes " + status.membership().role() + " of epoch "
            + status.membership().epoch() + ", " + status.protection().safe() + " connections protected"
            + (status.protection().unprotected() == 0 ? "" : ", " + status.protection().unprotected() + " not") + "\n";
    }

    String switchover(final String limit) {
        if (node == null) {
            return "ok\nno " + NONE + "\n";
        }
        final int seconds = limit == null ? DEFAULT_SWITCHOVER_SECONDS : Integer.parseInt(limit);
        if (seconds < 1 || seconds > SWITCHOVER_LIMIT_SECONDS) {
            return "error switchover waits for 1 to " + SWITCHOVER_LIMIT_SECONDS + " seconds\n";
        }
        final Handover result = node.switchover(seconds);
        return result.refusal() != null ? "ok\nno " + result.refusal() + "\n" : String.format(Locale.ROOT,
            "ok%nyes the other host leads since epoch %d; handed over in %.1f ms, from %s, %s%n", result.epoch(), result.tookNs() / 1e6,
            result.began(), result.prepared());
    }

    String takeover(final boolean force) {
        if (node == null) {
            return "ok\nno " + NONE + "\n";
        }
        final Takeover what = node.takeover(force);
        if (what.refusal() != null) {
            return "ok\nno " + what.refusal() + "\n";
        }
        return force ? "ok\nyes " + what.deed() + "; " + what.cost() + "\n"
            : "ok\nno it is not forced: " + what.deed() + "; " + what.cost() + " (--force does it)\n";
    }

    private List<KernelAcceptor<?>> byKernel() {
        return node.stack().kernelSides();
    }

    private List<String> listening() {
        final List<String> all = new ArrayList<>();
        for (final SocketEntry socket : node.stack().sockets()) {
            if (socket.state().equals("LISTEN")) {
                all.add(SocketReport.address(socket.local()));
            }
        }
        return all;
    }
}
