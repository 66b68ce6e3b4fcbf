package io.holdfast.failover;

import io.holdfast.config.StackConfig;
import io.holdfast.counters.Counters;
import io.holdfast.failover.witness.Register;
import io.holdfast.failover.witness.RegisterWitness;
import io.holdfast.membership.Failover;
import io.holdfast.membership.Membership;
import io.holdfast.membership.MembershipListener;
import io.holdfast.membership.MembershipMessage;
import io.holdfast.membership.MembershipStatus;
import io.holdfast.membership.Reason;
import io.holdfast.membership.Role;
import io.holdfast.membership.Witness;
import io.holdfast.os.PauseUrgency;
import io.holdfast.os.Urgency;
import io.holdfast.replay.Choices;
import io.holdfast.replication.ReplayLag;
import io.holdfast.replication.Replica;
import io.holdfast.replication.ReplicationEvents;
import io.holdfast.replication.ReplicationMode;
import io.holdfast.replication.channel.Channels;
import io.holdfast.replication.channel.Handler;
import io.holdfast.replication.channel.Path;
import io.holdfast.replication.channel.PathLoss;
import io.holdfast.replication.log.LogMessages;
import io.holdfast.replication.log.LogWriter;
import io.holdfast.socket.HoldfastStack;
import io.holdfast.stack.ShardControl;
import io.holdfast.stack.ShardStoppedException;
import io.holdfast.tcp.ConnectionId;
import java.security.SecureRandom;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One host of a protected service: its stack, the channels to the other hosts, and the one thread between them, the
 * <i>replicator</i>, which ships and takes in the log and keeps the membership. {@link LogDuty} does the first,
 * {@link Membership} decides the second, and this turns decisions into deeds.
 *
 * <p>Public methods are for any thread.
 */
public final class Node implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);
    /** Longest wait when nothing is to be done: what other threads ask for is seen after this at the latest. */
    private static final long MAX_WAIT_NS = 50_000_000L;
    /** A delay that an operator should hear of: some of these, and the other host takes this one for dead. */
    private static final long LATE_NS = 40_000_000L;
    /** How often it is looked whether connections are stuck. */
    private static final long WATCH_NS = 50_000_000L;
    private static final int ANSWER_SECONDS = 5;

    private final NodeConfig config;
    private final HoldfastStack stack;
    private final Channels channels;
    private final Membership membership;
    private final LogDuty log;
    private final long stuckNs;
    private long watchedNs;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final CountDownLatch leading = new CountDownLatch(1);
    private final Thread thread;
    private final ServerChoices choices = new ServerChoices();
    private final HandoverWatch handover = new HandoverWatch();
    /** null, both, if there is no third party. */
    private final Register register;
    private final WitnessWatch witness;
    /** null if nobody looks for signs of the LAN. */
    private final LanEar lan;
    private ShardControl control;
    private LogWriter writer;
    private Replica replica;
    private volatile boolean closed;
    /** Applications wait to be fed from the history. */
    private boolean feeding;
    /** The shard's records wait to be moved. */
    private boolean draining;

    /**
     * Starts the stack, and the node, which decides its role on its own from then on.
     *
     * @throws IllegalArgumentException naming a setting that cannot be
     */
    public static Node start(final NodeConfig config, final StackConfig stackConfig) {
        return new Node(config, stackConfig, started -> { });
    }

    /**
     * The same, with something to be done between the two: what stops the whole JVM for a while would make a node that takes part
     * already look dead.
     */
    public static Node start(final NodeConfig config, final StackConfig stackConfig, final Consumer<HoldfastStack> between) {
        return new Node(config, stackConfig, between);
    }

    private Node(final NodeConfig config, final StackConfig stackConfig, final Consumer<HoldfastStack> between) {
        this.config = config;
        stuckNs = config.stuckNs();
        // Before the node takes part: it is nobody's business then that this takes a while, and all of a processor.
        Rehearsal.once();
        if (stackConfig.link.virtualMac == 0) {
            stackConfig.link.virtualMac = config.virtualMac();
        }
        // Before anything can be put in the place of the JDK's randomness.
        final long incarnation = new SecureRandom().nextLong() | 1;
        stack = HoldfastStack.start(stackConfig, made -> {
            control = made;
            writer = new LogWriter(made.counters());
            replica = new Replica(made, writer, config.mode(), config.order(), made.counters(), new Events(),
                this::mayDepart, this::logReady);
            return replica;
        });
        between.accept(stack);
        final Counters counters = control.counters();
        channels = new Channels(config.channels().counters(counters), new Traffic());
        log = new LogDuty(config.history(), config.keepClosed(), config.mode(), control, replica, writer,
            new ChannelOutlet(channels, this::partner), this::busy, counters);
        register = config.register();
        final Witness third = register == null ? Witness.TWO_PATHS
            : new RegisterWitness(config.witness(), register, config.node(), incarnation, config.aloneNs(), counters, this::now, this::task);
        witness = register == null ? null : new WitnessWatch(third, config.aloneNs(), now());
        membership = new Membership(config.membership().counters(counters).incarnation(incarnation).witness(third), new Decisions(), now());
        lan = LanEar.of(config, stackConfig.gateway(), control);
        Choices.source(choices);
        stack.onStopped(cause -> channels.wakeUp());
        thread = new Thread(this::run, "holdfast-replicator");
        thread.setDaemon(true);
        thread.start();
    }

    public HoldfastStack stack() {
        return stack;
    }

    public NodeConfig config() {
        return config;
    }

    /** Waits until this host leads for the first time: what mode cold starts its server with. */
    public void awaitLeading() throws InterruptedException {
        leading.await();
        final long atNs = now();
        task(() -> membership.mark(Failover.Step.STARTED, "the program starts", atNs));
    }

    /** The shard's clock: the membership's, the log's, and that of timestamps and leases. */
    private long now() {
        return control.nowNs();
    }

    /** Whom the log flows to or comes from: the one other host, or the one of several that this one is a pair with. */
    private int partner() {
        return membership.partner();
    }

    private boolean mayDepart(final long nowNs) {
        final Membership decided = membership;
        return decided != null && decided.mayDepart(nowNs);
    }

    /** By the shard, at the end of a batch that appended to the log. */
    private void logReady() {
        if (log != null && log.wanted()) {
            channels.wakeUp();
        }
    }

    // --- the replicator's thread ---

    private void run() {
        if (Urgency.prefer() == Urgency.ORDINARY) {
            LOG.info("not permitted to raise the replicator's priority: on a busy host it may be taken for dead (CAP_SYS_NICE)");
        } else {
            PauseUrgency.keep();
        }
        while (!closed && !control.isStopped()) {
            try {
                cycle();
            } catch (final ShardStoppedException e) {
                break;
            } catch (final RuntimeException e) {
                LOG.error("replicator", e);
            } catch (final Error e) {
                // As in the shard: nobody knows what it left of the log or of the membership.
                control.poisoned(e);
            }
        }
        if (control.isStopped()) {
            // Without a farewell, as if the process had died: the other host takes over.
            channels.close();
        }
    }

    private void cycle() {
        final long waitNs = feeding || draining ? 0 : Math.max(0, Math.min(membership.nextDeadlineNs() - now(), MAX_WAIT_NS));
        final long beforeNs = now();
        channels.poll(waitNs);
        final long lateNs = now() - beforeNs - waitNs;
        if (lateNs > LATE_NS) {
            LOG.warn("the replicator was held up for {} ms, {} of them waiting for the shard", lateNs / 1_000_000,
                log.takeWaitedNs() / 1_000_000);
        }
        log.takeWaitedNs();
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
        draining = !log.drain();
        if (log.takeFailed()) {
            channels.drop(partner(), Path.REPLICATION, "the history is full: the backup has to join anew");
        }
        feeding = log.feed();
        final long nowNs = now();
        log.onTime(nowNs);
        if (lan != null) {
            lan.tell(membership, now());
        }
        if (membership.nextDeadlineNs() <= nowNs) {
            membership.onTimer(nowNs);
        }
        if (nowNs - watchedNs >= WATCH_NS) {
            watchedNs = nowNs;
            if (witness != null) {
                witness.look(nowNs);
            }
            control.post(() -> replica.watch(control.nowNs(), stuckNs, ProgramActivity::runs));
        }
    }

    /** The shard's holder has no processor, perhaps, but this thread has one: the other host must not take that for death. */
    private void busy() {
        membership.onBusy(now());
        channels.sendQueued();
    }

    private void task(final Runnable task) {
        tasks.add(task);
        channels.wakeUp();
    }

    /** What comes from the other hosts. */
    private final class Traffic implements Handler {
        @Override
        public void onUp(final int host, final Path path) {
            membership.onPathUp(host, path, now());
        }

        @Override
        public void onDown(final int host, final Path path, final PathLoss loss, final String reason) {
            if (path == Path.REPLICATION && host == partner()) {
                log.onDown();
            }
            membership.onPathDown(host, path, loss, reason, now());
        }

        @Override
        public void onLifeline(final int host, final Path path, final boolean held) {
            membership.onLifeline(host, path, held, now());
        }

        @Override
        public void onMessage(final int host, final Path path, final DirectBuffer buffer, final int offset, final int length) {
            final byte type = buffer.getByte(offset);
            if (type != MembershipMessage.TYPE && host != partner()) {
                // On its way from a host that was the partner until now: no word of the log that is followed, or shipped.
                membership.onSignOfLife(host, path, now());
                return;
            }
            switch (type) {
                case MembershipMessage.TYPE -> membership.onMessage(host, path, buffer, offset, length, now());
                case LogMessages.LOG_BATCH, LogMessages.HISTORY_BATCH -> {
                    membership.onSignOfLife(host, path, now());
                    final String missed = log.onBatch(buffer, offset, length);
                    if (missed != null) {
                        membership.onBackupMissed(missed, now());
                    }
                }
                case LogMessages.LOG_ACK -> {
                    membership.onSignOfLife(host, path, now());
                    if (log.onAck(buffer, offset, length)) {
                        membership.onCaughtUp(log.join(), now());
                    }
                }
                case LogMessages.CONNECTION_LOST -> {
                    membership.onSignOfLife(host, path, now());
                    log.onLost(buffer, offset, length);
                }
                default -> channels.drop(host, path, "a message of an unknown kind: " + type);
            }
        }

        @Override
        public int fill(final int host, final Path path, final MutableDirectBuffer destination, final int offset,
            final int capacity) {
            return path == Path.REPLICATION && host == partner() ? log.fill(destination, offset, capacity) : 0;
        }
    }

    /** What the membership decides. */
    private final class Decisions implements MembershipListener {
        @Override
        public void onRole(final Role from, final Role to, final long epoch, final Reason reason, final long nowNs) {
            // Said afterwards: nothing departs while this runs.
            task(() -> say(from, to, epoch, reason));
            switch (to) {
                case SOLO -> {
                    if (from.isOwner()) {
                        log.goSolo();
                    } else {
                        log.lead(epoch, now());
                        leading.countDown();
                        if (from == Role.BACKUP) {
                            final long servingNs = now();
                            task(() -> tookOver(servingNs));
                        }
                    }
                }
                case PRIMARY -> log.goPrimary();
                case FENCED -> log.silence();
                default -> {
                }
            }
            final Handover done = handover.onRole(to, epoch, reason, nowNs);
            if (done != null) {
                task(() -> LOG.info("handed over in {} ms, epoch {}: {}", ms(done.tookNs()), done.epoch(), done.prepared()));
            }
        }

        private void say(final Role from, final Role to, final long epoch, final Reason reason) {
            final String meaning = switch (to) {
                case PRIMARY -> "a backup is in sync, connections are protected";
                case SOLO -> from == Role.PRIMARY ? "the backup is lost, connections are unprotected" : "this host leads, without a backup";
                case BACKUP -> "this host could take over now";
                case JOINING -> "this host gets the history of the primary";
                case FENCED -> "another host leads, this one is silent";
                default -> "nobody is known to lead";
            };
            LOG.info("{} -> {}, epoch {}: {}; {}", from, to, epoch, reason.sentence(), meaning);
        }

        private void tookOver(final long servingNs) {
            final Failover f = membership.onServing(log.carriedOn(), servingNs);
            LOG.info("took over, epoch {} -> {}: {}; {}serving {} ms after the decision, {} connections carried on", f.fromEpoch(),
                f.toEpoch(), f.reason().sentence(),
                f.detectionNs() < 0 ? "" : "decided " + ms(f.detectionNs()) + " ms after the last sign of life, ",
                ms(f.takeoverNs()), f.connections());
        }

        @Override
        public void send(final int host, final Path path, final DirectBuffer buffer, final int offset, final int length) {
            channels.send(host, path, buffer, offset, length);
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
            handover.onFlush(behindBytes, nowNs);
            final long last = log.flush();
            tasks.add(() -> membership.onFlushed(last, now()));
        }

        @Override
        public void onFlushCancelled(final long nowNs) {
            log.departAgain();
            handover.onCancelled();
            task(() -> LOG.warn("the switchover came to nothing, this host goes on"));
        }

        @Override
        public void onStalled(final int host, final Path path, final long nowNs) {
            channels.drop(host, path, "silent for too long");
        }
    }

    /** What an operator must hear of. Said by the replicator: the shard, who calls, does not wait for a terminal. */
    private final class Events implements ReplicationEvents {
        @Override
        public void onDivergence(final ConnectionId connection, final long id, final long offset) {
            // Its reason for being unprotected says the same.
        }

        @Override
        public void onUnprotected(final ConnectionId connection, final long id, final String reason) {
            task(() -> {
                LOG.warn("connection {} ({}) is not protected: {}", Long.toHexString(id), connection == null ? "?" : connection,
                    reason);
                log.tellLost(id, reason);
            });
        }

        @Override
        public void onProtectedAgain(final ConnectionId connection, final long id) {
            task(() -> {
                LOG.info("connection {} ({}) is protected again: its server has moved", Long.toHexString(id), connection);
                log.tellLost(id, "");
            });
        }

        @Override
        public void onStep(final String step, final String what, final long nowNs) {
            task(() -> membership.mark(step, what, nowNs));
        }
    }

    // --- operators ---

    /** Role, epoch, reason, paths, the last failovers, and how well connections are protected. */
    public NodeStatus status() {
        return ask(answer -> {
            final MembershipStatus now = membership.status(now());
            answer.complete(new NodeStatus(config.cluster(), config.node(), config.peerAddress(partner()), config.mode(), now,
                log.protection(now)));
        }, ANSWER_SECONDS, () -> null);
    }

    /**
     * Hands over to the backup, and waits until that is done, or has failed.
     *
     * @param seconds longest wait
     */
    public Handover switchover(final int seconds) {
        return ask(answer -> {
            final String refusal = membership.requestSwitchover(now());
            if (refusal == null) {
                handover.answerTo(answer, now());
            } else {
                answer.complete(Handover.refused(refusal));
            }
        }, seconds, () -> Handover.refused("after " + seconds + " s the switchover is neither done nor cancelled: no word from the backup"));
    }

    /**
     * Goes on without the other host because an operator vouches for its being dead or cut off from the clients.
     *
     * @param force false only to say what that would mean
     */
    public Takeover takeover(final boolean force) {
        return ask(answer -> {
            final long nowNs = now();
            final Takeover what = Takeover.of(membership.status(nowNs));
            if (force && what.refusal() == null) {
                LOG.warn("an operator forces it: {}; {}", what.deed(), what.cost());
                answer.complete(membership.forceSolo(nowNs) ? what : Takeover.refused("this host is waiting for a witness"));
            } else {
                answer.complete(what);
            }
        }, ANSWER_SECONDS, () -> null);
    }

    private static String ms(final long ns) {
        return String.format("%.1f", ns / 1e6);
    }

    private <T> T ask(final Consumer<CompletableFuture<T>> question, final int seconds, final Supplier<T> late) {
        if (control.isStopped()) {
            throw new IllegalStateException("an error has stopped the stack of this host: its log says which");
        }
        final CompletableFuture<T> answer = new CompletableFuture<>();
        task(() -> {
            try {
                question.accept(answer);
            } catch (final Throwable e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.get(seconds, TimeUnit.SECONDS);
        } catch (final TimeoutException e) {
            final T value = late.get();
            if (value == null) {
                throw new IllegalStateException("the replicator did not answer within " + seconds + " s", e);
            }
            return value;
        } catch (final ExecutionException e) {
            throw new IllegalStateException("the replicator failed: " + e.getCause(), e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Stops: without a word to clients, whose connections the other host carries on. */
    @Override
    public void close() {
        closed = true;
        channels.wakeUp();
        if (Thread.currentThread() != thread) {
            try {
                thread.join(1_000);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        stack.close();
        channels.close();
        if (lan != null) {
            lan.close();
        }
        if (register != null) {
            register.close();
        }
        log.close();
    }
}
