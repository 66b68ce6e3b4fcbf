package io.holdfast.failover;

import io.holdfast.counters.Counters;
import io.holdfast.membership.Membership;
import io.holdfast.membership.MembershipConfig;
import io.holdfast.membership.MembershipListener;
import io.holdfast.membership.MembershipMessage;
import io.holdfast.membership.Reason;
import io.holdfast.membership.Role;
import io.holdfast.replication.ReplayLag;
import io.holdfast.replication.Replica;
import io.holdfast.replication.ReplicationMode;
import io.holdfast.replication.channel.Path;
import io.holdfast.replication.channel.PathLoss;
import io.holdfast.replication.log.HistoryLimits;
import io.holdfast.replication.log.LogMessages;
import io.holdfast.replication.log.LogWriter;
import io.holdfast.stack.ShardControl;
import java.util.ArrayDeque;
import java.util.Deque;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What {@link Node} is without its thread and its channels, for whole hosts in virtual time: the real membership and the real
 * log, and of the node itself what it does when one of them says so. One thread.
 */
public final class SimNode implements Outlet, MembershipListener {
    /** The simulated channels. */
    public interface Paths {
        void send(Path path, byte[] message);

        void drop(Path path);
    }

    /** Told of roles. */
    public interface Watcher {
        void onRole(Role from, Role to, long epoch, Reason reason);
    }

    private final ShardControl control;
    private final Replica replica;
    private final Paths paths;
    private final Watcher watcher;
    private final LogDuty log;
    private final Membership membership;
    private final Deque<Runnable> tasks = new ArrayDeque<>();

    public SimNode(final MembershipConfig config, final HistoryLimits limits, final ShardControl control, final Replica replica,
        final LogWriter writer, final Paths paths, final Watcher watcher) {
        this.control = control;
        this.replica = replica;
        this.paths = paths;
        this.watcher = watcher;
        log = new LogDuty(limits, false, ReplicationMode.HOT, control, replica, writer, this, () -> { }, new Counters());
        membership = new Membership(config, this, now());
    }

    private long now() {
        return control.nowNs();
    }

    public Role role() {
        return membership.role();
    }

    public boolean mayDepart(final long nowNs) {
        return membership.mayDepart(nowNs);
    }

    public long nextDeadlineNs() {
        return membership.nextDeadlineNs();
    }

    public Membership membership() {
        return membership;
    }

    // --- the replicator's cycle, in parts ---

    /** After messages came: what is to be done at once, and the timer. */
    public void cycle() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
        while (!log.drain()) {
            // All of it.
        }
        if (log.takeFailed()) {
            paths.drop(Path.REPLICATION);
        }
        while (log.feed()) {
            // Until everybody is fed.
        }
        log.onTime(now());
        if (membership.nextDeadlineNs() <= now()) {
            membership.onTimer(now());
        }
    }

    public int fill(final MutableDirectBuffer destination, final int capacity) {
        return log.fill(destination, 0, capacity);
    }

    public void onUp(final Path path) {
        membership.onPathUp(0, path, now());
    }

    public void onDown(final Path path, final PathLoss loss) {
        if (path == Path.REPLICATION) {
            log.onDown();
        }
        membership.onPathDown(0, path, loss, "", now());
    }

    public void onMessage(final Path path, final byte[] message) {
        final DirectBuffer buffer = new UnsafeBuffer(message);
        switch (message[0]) {
            case MembershipMessage.TYPE -> membership.onMessage(0, path, buffer, 0, message.length, now());
            case LogMessages.LOG_BATCH, LogMessages.HISTORY_BATCH -> {
                membership.onSignOfLife(0, path, now());
                final String missed = log.onBatch(buffer, 0, message.length);
                if (missed != null) {
                    membership.onBackupMissed(missed, now());
                }
            }
            default -> {
                membership.onSignOfLife(0, path, now());
                if (log.onAck(buffer, 0, message.length)) {
                    membership.onCaughtUp(log.join(), now());
                }
            }
        }
    }

    public void close() {
        log.close();
    }

    public static boolean isLog(final byte[] message) {
        return message[0] == LogMessages.LOG_BATCH || message[0] == LogMessages.HISTORY_BATCH;
    }

    public static boolean isMembership(final byte[] message) {
        return message[0] == MembershipMessage.TYPE;
    }

    // --- the log's way out ---

    @Override
    public void drop(final Path path, final String reason) {
        paths.drop(path);
    }

    @Override
    public void wakeUp() {
        // It is asked again and again.
    }

    // --- what the membership decides ---

    @Override
    public void onRole(final Role from, final Role to, final long epoch, final Reason reason, final long nowNs) {
        switch (to) {
            case SOLO -> {
                if (from.isOwner()) {
                    log.goSolo();
                } else {
                    log.lead(epoch, now());
                }
            }
            case PRIMARY -> log.goPrimary();
            case FENCED -> log.silence();
            default -> {
            }
        }
        watcher.onRole(from, to, epoch, reason);
    }

    @Override
    public void send(final int host, final Path path, final DirectBuffer buffer, final int offset, final int length) {
        send(path, buffer, offset, length);
    }

    @Override
    public void send(final Path path, final DirectBuffer buffer, final int offset, final int length) {
        final byte[] message = new byte[length];
        buffer.getBytes(offset, message);
        paths.send(path, message);
    }

    @Override
    public long position() {
        return log.position();
    }

    @Override
    public int catchingUp() {
        return replica.catchingUp();
    }

    @Override
    public void onAttach(final int join, final long nowNs) {
        log.attach(join, membership.epoch());
    }

    @Override
    public void onDetach(final int join, final long nowNs) {
        log.detach();
    }

    @Override
    public void onJoin(final int join, final long epoch, final long nowNs) {
        log.follow(epoch);
    }

    @Override
    public void onReset(final long nowNs) {
        log.silence();
    }

    @Override
    public ReplayLag behind() {
        return log.behind();
    }

    @Override
    public void onHold(final long nowNs) {
        final long last = log.hold();
        tasks.add(() -> membership.onHeld(last, now()));
    }

    @Override
    public void onFlush(final long behindBytes, final long nowNs) {
        final long last = log.flush();
        tasks.add(() -> membership.onFlushed(last, now()));
    }

    @Override
    public void onFlushCancelled(final long nowNs) {
        log.departAgain();
    }

    @Override
    public void onStalled(final int host, final Path path, final long nowNs) {
        tasks.add(() -> paths.drop(path));
    }
}
