package io.holdfast.failover;

import io.holdfast.counters.Counters;
import io.holdfast.counters.ReplicationCounter;
import io.holdfast.membership.MembershipStatus;
import io.holdfast.membership.Role;
import io.holdfast.replication.ConnectionReport;
import io.holdfast.replication.Feeder;
import io.holdfast.replication.ReplayLag;
import io.holdfast.replication.Replica;
import io.holdfast.replication.ReplicationMode;
import io.holdfast.replication.channel.Path;
import io.holdfast.replication.log.BatchResult;
import io.holdfast.replication.log.History;
import io.holdfast.replication.log.HistoryLimits;
import io.holdfast.replication.log.HistoryListener;
import io.holdfast.replication.log.LogMessages;
import io.holdfast.replication.log.LogReceiver;
import io.holdfast.replication.log.LogSender;
import io.holdfast.replication.log.LogSenderState;
import io.holdfast.replication.log.LogWriter;
import io.holdfast.replication.log.LostConnection;
import io.holdfast.stack.ShardControl;
import io.holdfast.tcp.ConnectionId;
import io.holdfast.util.Deadline;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log's way between shard and channel, on either host: out of the ring into the history and to the backup; from the primary
 * into the history and into the shard. The replicator's thread only, but for {@link #wanted}. Times are the shard's, which
 * timestamps come from.
 */
final class LogDuty implements HistoryListener {
    private static final Logger LOG = LoggerFactory.getLogger(LogDuty.class);
    /** Records between two looks at the clock. */
    private static final int DRAIN_RECORDS = 32;
    /**
     * Longest message: a message is a sign of life when it is there, and one of a MiB would take longer than a peer may be silent
     * while the JIT compiler has not got to TLS yet.
     */
    private static final int BATCH_BYTES = LogMessages.MIN_BATCH_CAPACITY;
    /** Spent on moving records into the history, which may have to write a file, before anything else has its turn. */
    private static final long DRAIN_NS = 2_000_000;
    /** After waiting this long for the shard, stop sending heartbeats. */
    private static final long LIVES_NS = 1_000_000_000L;

    private final ShardControl control;
    private final Replica replica;
    private final LogWriter writer;
    private final Outlet outlet;
    private final Counters counters;
    private final UnsafeBuffer ack = new UnsafeBuffer(new byte[LogMessages.ACK_BYTES]);
    private final HistoryLimits limits;
    private final boolean cold;
    private final boolean keepClosed;
    private final History history;
    private final LogSender sender;
    private final Feeder feeder;
    /** Done while a batch waits for the shard. */
    private final Runnable busy;
    /** This host's part as a backup; null on a primary. */
    private LogReceiver receiver;
    private int join;
    /** The connections up to this one are those that the backup, when it joined, had to get the history of. */
    private long lastBeforeJoin;
    private boolean caughtUp;
    /** The history could not feed the backup any more. */
    private boolean failed;
    private boolean primary;
    private long waitedNs;
    /** Then, programs have had the time to ask for what the last primary's had. */
    private long unclaimedUntilNs = Deadline.NONE;
    private volatile boolean attached;

    LogDuty(final HistoryLimits limits, final boolean keepClosed, final ReplicationMode mode, final ShardControl control, final Replica replica,
        final LogWriter writer, final Outlet outlet, final Runnable busy, final Counters counters) {
        this.control = control;
        this.replica = replica;
        this.writer = writer;
        this.outlet = outlet;
        this.busy = busy;
        this.counters = counters;
        this.limits = limits;
        cold = mode == ReplicationMode.COLD;
        this.keepClosed = keepClosed;
        history = new History(limits, this, counters, true);
        if (keepClosed) {
            history.keepClosed();
            replica.keepClosed();
        }
        sender = new LogSender(writer, history, counters);
        feeder = replica.feedFrom(history);
    }

    /** Nothing of what was before belongs to what comes now. */
    private void forget() {
        while (!drain()) {
            // All of it: there is no writer any more that could add to it.
        }
        feeder.clear();
        history.clear();
    }

    private <T> T inShard(final Supplier<T> work) {
        final long beforeNs = control.nowNs();
        final T result = control.call(work);
        waitedNs += control.nowNs() - beforeNs;
        return result;
    }

    private void inShard(final Runnable work) {
        inShard(() -> {
            work.run();
            return null;
        });
    }

    /** The same where no decision of the membership is under way: heartbeats go on leaving meanwhile. */
    private <T> T inShardBeating(final Supplier<T> work) {
        final long beforeNs = control.nowNs();
        final T result = control.call(work, () -> {
            if (control.nowNs() - beforeNs < LIVES_NS) {
                busy.run();
            }
        });
        waitedNs += control.nowNs() - beforeNs;
        return result;
    }

    /** Time spent in the shard since the last call, waiting for it included. */
    long takeWaitedNs() {
        final long waited = waitedNs;
        waitedNs = 0;
        return waited;
    }

    // --- primary ---

    /** Should the replicator look at the ring now? Otherwise it does when it wakes by itself. Any thread. */
    boolean wanted() {
        return attached || feeder.active() || writer.freeBytes() < writer.capacityBytes() / 2;
    }

    /** Moves what the shard has written into the history, for a while. Returns false if there is more. */
    boolean drain() {
        final long beganNs = control.nowNs();
        while (sender.drain(DRAIN_RECORDS) > 0) {
            if (control.nowNs() - beganNs >= DRAIN_NS) {
                return false;
            }
        }
        return true;
    }

    int fill(final MutableDirectBuffer destination, final int offset, final int capacity) {
        drain();
        if (!attached) {
            return 0;
        }
        final int length = sender.fill(destination, offset, Math.min(capacity, BATCH_BYTES), control.nowNs());
        if (sender.state() == LogSenderState.FAILED) {
            attached = false;
            failed = true;
        }
        return length;
    }

    void attach(final int number, final long epoch) {
        join = number;
        caughtUp = false;
        lastBeforeJoin = inShard(replica::beginJoin);
        sender.attach(epoch, control.nowNs());
        inShard(() -> replica.announce(control.nowNs()));
        attached = true;
        outlet.wakeUp();
    }

    /** Once after the history could not feed the backup any more: it has to join anew. */
    boolean takeFailed() {
        final boolean was = failed;
        failed = false;
        return was;
    }

    void detach() {
        attached = false;
        sender.detach();
    }

    /** Returns true if the backup has caught up by it. */
    boolean onAck(final DirectBuffer buffer, final int offset, final int length) {
        final long stored = sender.onAck(buffer, offset, length, control.nowNs());
        if (primary && stored > 0) {
            replica.committed(stored);
        }
        if (sender.inSync() && !caughtUp) {
            caughtUp = true;
            return true;
        }
        return false;
    }

    /** The backup says that it cannot carry a connection on: this host's operators are to hear of it, too. */
    void onLost(final DirectBuffer buffer, final int offset, final int length) {
        final LostConnection lost = LostConnection.decode(buffer, offset, length);
        if (lost == null) {
            outlet.drop(Path.REPLICATION, "a malformed word of a lost connection");
        } else if (attached && lost.epoch() == sender.epoch()) {
            final ConnectionId ends = inShardBeating(() -> replica.lostAtBackup(lost.connectionId(), lost.reason()));
            if (ends != null && lost.reason().isEmpty()) {
                LOG.info("connection {} ({}) is protected again, says the backup", Long.toHexString(lost.connectionId()), ends);
            } else if (ends != null) {
                counters.increment(ReplicationCounter.LOST_AT_BACKUP);
                LOG.warn("connection {} ({}) is not protected, says the backup: {}", Long.toHexString(lost.connectionId()), ends,
                    lost.reason());
            }
        }
    }

    int join() {
        return join;
    }

    /** Leads from now on, with everything that was followed so far. */
    void lead(final long epoch, final long nowNs) {
        unclaimedUntilNs = nowNs + Replica.START_NS;
        final LogReceiver followed = receiver;
        receiver = null;
        // What the last primary's clock was ahead: a batch takes some time, so it is a little more than this.
        final long shiftNs = followed == null || followed.lastBatchNs() == 0 ? 0
            : followed.lastPrimaryNs() - followed.lastBatchNs();
        inShard(() -> replica.lead(epoch, shiftNs, control.nowNs()));
    }

    /** After a takeover: how many connections this host leads. */
    int carriedOn() {
        int led = 0;
        for (final ConnectionReport c : inShardBeating(replica::report)) {
            led += c.id() != 0 ? 1 : 0;
        }
        return led;
    }

    /** Once a cycle. */
    void onTime(final long nowNs) {
        if (unclaimedUntilNs != Deadline.NONE && nowNs - unclaimedUntilNs >= 0) {
            unclaimedUntilNs = Deadline.NONE;
            inShardBeating(() -> {
                replica.giveUpUnclaimed();
                return null;
            });
        }
    }

    /** Feeds applications from the history. Returns true if there is more to do at once. */
    boolean feed() {
        return feeder.active() && feeder.run();
    }

    Feeder feeder() {
        return feeder;
    }

    /** Output waits for the backup from now on. */
    void goPrimary() {
        primary = true;
        inShard(() -> {
            replica.gate();
        });
        drain();
        replica.committed(sender.committedSequence());
    }

    /** There is no backup any more. */
    void goSolo() {
        primary = false;
        inShard(replica::open);
    }

    /** Programs write no more. Returns the log's sequence that tells of all that they have written. */
    long hold() {
        return inShard(replica::hold);
    }

    /** How far the servers here, on a backup, are behind. */
    ReplayLag behind() {
        return replica.behind(position());
    }

    /** Nothing departs any more. Returns the last sequence of the log. */
    long flush() {
        return inShard(() -> {
            replica.departing(false);
            return replica.flush();
        });
    }

    void departAgain() {
        inShard(() -> replica.departing(true));
    }

    // --- backup ---

    /** Follows a primary from its history's beginning; what was here is dropped. */
    void follow(final long epoch) {
        detach();
        primary = false;
        inShard(replica::follow);
        forget();
        receiver = new LogReceiver(epoch, history, replica.follower(control.nowNs()), counters);
    }

    /** Returns null, or why this host does not have the whole log any more. */
    String onBatch(final DirectBuffer buffer, final int offset, final int length) {
        final LogReceiver session = receiver;
        if (session == null) {
            return null;
        }
        final BatchResult result = inShardBeating(() -> {
            replica.follower(control.nowNs());
            return session.onBatch(buffer, offset, length, control.nowNs());
        });
        if (result != BatchResult.TAKEN) {
            receiver = null;
            LOG.warn("a batch of the log was refused: {}", result);
            outlet.drop(Path.REPLICATION, "a batch was refused: " + result);
            return "a batch was refused: " + result;
        }
        final int bytes = session.ack(ack, 0);
        if (bytes > 0) {
            outlet.send(Path.REPLICATION, ack, 0, bytes);
        }
        return null;
    }

    /** Tells the primary of a connection that this host cannot carry on. */
    void tellLost(final long connectionId, final String reason) {
        if (receiver != null) {
            final DirectBuffer message = new LostConnection(receiver.epoch(), connectionId, reason).encode();
            outlet.send(Path.REPLICATION, message, 0, message.capacity());
        }
    }

    /** The replication path is down: a session does not outlive it. */
    void onDown() {
        detach();
    }

    /** Lets go of everything, in silence. */
    void silence() {
        detach();
        primary = false;
        receiver = null;
        inShard(replica::silence);
        forget();
    }

    // --- both ---

    long position() {
        // Not in the shard: every heartbeat asks, and must not wait for who has the baton.
        return receiver != null ? receiver.lastSequence() : writer.lastSequence();
    }

    /** How far the backup is, and what that means for each connection. */
    Protection protection(final MembershipStatus now) {
        if (!now.role().isOwner()) {
            return protectionHere(now.role(), now.peerPosition());
        }
        final long[] last = new long[1];
        final List<ConnectionReport> reports = inShardBeating(() -> {
            last[0] = writer.lastSequence();
            return replica.report();
        });
        while (sender.drainedSequence() < last[0] && sender.drain(DRAIN_RECORDS) > 0) {
            // What was reported must have reached the history.
        }
        final boolean inSync = primary && sender.inSync();
        final ProtectionCount count = new ProtectionCount();
        for (final ConnectionReport c : reports) {
            if (c.lost() != null) {
                count.addBroken(c, c.lost());
            } else if (!history.contains(c.id())) {
                count.addBroken(c, "the history could not keep it: a backup that joins does not get it");
            } else if (inSync && now.peerCatchingUp() > 0 && c.id() <= lastBeforeJoin) {
                // Which of them they are, the backup knows.
                count.add(c, ConnectionProtection.State.CATCHING_UP, "the backup's server is still doing again what this one did");
            } else if (inSync) {
                count.add(c, ConnectionProtection.State.PROTECTED, "");
            } else if (attached) {
                count.add(c, ConnectionProtection.State.CATCHING_UP, "the backup is getting the history");
            } else {
                count.add(c, ConnectionProtection.State.UNPROTECTED, "there is no backup");
            }
        }
        lookAtHistory(count);
        return count.conclude(attached ? sender.lagBytes() : -1, inSync ? sender.lagRecords() : -1,
            attached && sender.roundTripNs() > 0 ? sender.roundTripNs() : -1, history.bytes());
    }

    private Protection protectionHere(final Role role, final long peerPosition) {
        final ProtectionCount count = new ProtectionCount();
        final ConnectionProtection.State state = role == Role.BACKUP ? ConnectionProtection.State.PROTECTED
            : ConnectionProtection.State.CATCHING_UP;
        for (final ConnectionReport c : inShardBeating(() -> {
            count.behindNs(cold ? 0 : replica.behindNs());
            return replica.report();
        })) {
            if (c.lost() != null) {
                count.addBroken(c, c.lost());
            } else if (cold && !history.contains(c.id())) {
                count.addBroken(c, "the history here could not keep it: a server that starts here would not get it");
            } else if (c.behind()) {
                count.add(c, ConnectionProtection.State.CATCHING_UP, "the server here is still doing again what the primary's did: "
                    + c.behindBytes() + " bytes to write, " + c.behindReads() + " times to read");
            } else {
                count.add(c, state, role == Role.BACKUP ? "" : "the history is still coming");
            }
        }
        lookAtHistory(count);
        return count.conclude(-1, receiver == null ? -1 : Math.max(0, peerPosition - receiver.lastSequence()), -1,
            history.bytes());
    }

    private void lookAtHistory(final ProtectionCount count) {
        if (keepClosed && history.isIncomplete()) {
            count.broken("replication.history = full, and the history is over its limit: a server that starts later would not have all");
        }
    }

    @Override
    public void overLimit(final long connectionId) {
        LOG.warn("connection {} is not protected for a later backup: the history is full", Long.toHexString(connectionId));
    }

    @Override
    public void writeFailed(final IOException cause) {
        LOG.error("the history cannot be written to {}, so that it has {} bytes of memory and no more: connections that need more will "
            + "not be protected ({})", limits.directory(), limits.memoryBytes(), cause.toString());
    }

    @Override
    public void lost(final long connectionId) {
        LOG.warn("connection {} is not protected for a later backup: a file of the history is damaged",
            Long.toHexString(connectionId));
    }

    void close() {
        history.close();
    }
}
