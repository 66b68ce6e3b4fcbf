package io.holdfast.failover.sim;

import io.holdfast.failover.Membership;
import io.holdfast.failover.MembershipConfig;
import io.holdfast.failover.MembershipListener;
import io.holdfast.replication.channel.Path;
import io.holdfast.replication.channel.PathLoss;
import io.holdfast.failover.Reason;
import io.holdfast.failover.Role;
import io.holdfast.util.SeededRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** A host with one process: a membership, and a log of numbers that stands for all that is replicated. */
final class Host implements MembershipListener {
    private static final long MS = 1_000_000;
    private static final int HISTORY_CHUNKS = 4;

    final int index;
    private final Cluster cluster;
    private final SeededRandom random;
    /** This host's port to the LAN: the service path, and the clients. */
    boolean lanCut;
    private boolean on = true;
    private boolean stopped = true;
    private boolean frozen;
    /** Frozen, and the kernel too. */
    private boolean paused;
    private long process;
    private long clockOffsetNs;
    private double clockRate;
    Membership membership;
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private long timer;
    // The data plane.
    private final List<Long> log = new ArrayList<>();
    private int session;
    private int acknowledged;
    private int released;
    private int joined;
    private boolean flushing;
    private boolean flushed;

    Host(final int index, final Cluster cluster, final SeededRandom random) {
        this.index = index;
        this.cluster = cluster;
        this.random = random;
    }

    @Override
    public String toString() {
        return index == 0 ? "A" : "B";
    }

    // ---- the process

    void start() {
        cluster.clients.note("start " + this);
        on = true;
        stopped = false;
        frozen = false;
        paused = false;
        process = random.nextLong() | 1;
        clockOffsetNs = cluster.events.nowNs() - random.nextLong(MS, 3_600_000 * MS);
        clockRate = 1 + (random.nextDouble() - 0.5) * 0.0004;
        waiting.clear();
        forget();
        final MembershipConfig config = new MembershipConfig().cluster("c").node("n" + index).incarnation(process)
            .preferPrimary(index == 0);
        cluster.settings.accept(config);
        if (cluster.thirdParty != null) {
            config.witness(cluster.thirdParty.of(this));
        }
        membership = new Membership(config, this, nowNs());
        plan();
        final long mine = process;
        repeat(mine, 20 * MS, () -> cluster.wires.forEach(wire -> wire.tick(index)));
        repeat(mine, 10 * MS, () -> {
            if (!lanCut) {
                membership.onLanSign(nowNs());
            }
        });
        repeat(mine, cluster.appendEveryNs, this::append);
    }

    private void repeat(final long mine, final long everyNs, final Runnable action) {
        cluster.events.after(everyNs, () -> {
            if (process == mine && isRunning()) {
                if (!frozen) {
                    action.run();
                }
                repeat(mine, everyNs, action);
            }
        });
    }

    long incarnation() {
        return process;
    }

    boolean isRunning() {
        return on && !stopped;
    }

    boolean isFrozen() {
        return frozen;
    }

    boolean isOn() {
        return on;
    }

    /** The kernel answers. */
    boolean answers() {
        return on && !paused;
    }

    Role role() {
        return membership.role();
    }

    boolean isSpeaking() {
        return isRunning() && !frozen && membership.mayDepart(nowNs());
    }

    boolean holds(final List<Long> told) {
        return log.size() >= told.size() && log.subList(0, told.size()).equals(told);
    }

    long nowNs() {
        return (long) ((cluster.events.nowNs() - clockOffsetNs) * clockRate);
    }

    private long toWorld(final long localNs) {
        return localNs == Long.MAX_VALUE ? localNs : (long) (localNs / clockRate) + clockOffsetNs + 1;
    }

    private void plan() {
        final long mine = ++timer;
        cluster.events.at(toWorld(membership.nextDeadlineNs()), () -> {
            if (mine == timer && isRunning() && !frozen) {
                membership.onTimer(nowNs());
                plan();
            }
        });
    }

    /** Hands something to the process: now, when it awakes, or never. */
    private void input(final Runnable action) {
        if (!isRunning()) {
            return;
        }
        if (frozen) {
            waiting.add(action);
            return;
        }
        action.run();
        plan();
        release();
    }

    // ---- faults

    void kill() {
        cluster.clients.onDeath(this);
        cluster.clients.note("kill " + this);
        if (isRunning()) {
            stopped = true;
            cluster.wires.forEach(wire -> wire.close(index, PathLoss.CLOSED_HERE));
            paused = false;
        }
    }

    void powerOff() {
        cluster.clients.onDeath(this);
        cluster.clients.note("power off " + this);
        on = false;
        stopped = true;
        paused = false;
        cluster.wires.forEach(wire -> wire.vanish(index));
    }

    void freeze() {
        cluster.clients.note("freeze " + this);
        frozen = isRunning();
    }

    /** The whole host stops, its kernel too. */
    void pause() {
        cluster.clients.note("pause " + this);
        frozen = isRunning();
        paused = paused || frozen;
    }

    void thaw() {
        if (frozen && isRunning()) {
            cluster.clients.note("thaw " + this);
            frozen = false;
            if (paused) {
                paused = false;
                cluster.wires.forEach(Wire::onMended);
            }
            final List<Runnable> inputs = new ArrayList<>(waiting);
            waiting.clear();
            inputs.forEach(this::input);
            input(() -> membership.onTimer(nowNs()));
        }
    }

    void onWitness(final long epoch, final boolean granted) {
        input(() -> membership.onWitness(epoch, granted, nowNs()));
    }

    void requestSwitchover() {
        input(() -> membership.requestSwitchover(nowNs()));
    }

    // ---- the channel

    void onUp(final Path path) {
        cluster.clients.note(this + " path up " + path);
        input(() -> membership.onPathUp(path, nowNs()));
    }

    void onDown(final Path path, final PathLoss loss) {
        if (loss != PathLoss.REFUSED) {
            cluster.clients.note(this + " path down " + path + " " + loss);
        }
        input(() -> membership.onPathDown(path, loss, "", nowNs()));
    }

    @Override
    public void send(final Path path, final DirectBuffer buffer, final int offset, final int length) {
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        cluster.wire(path).send(index, () -> cluster.hosts[1 - index].onBytes(path, bytes));
    }

    private void onBytes(final Path path, final byte[] bytes) {
        input(() -> membership.onMessage(path, new UnsafeBuffer(bytes), 0, bytes.length, nowNs()));
    }

    @Override
    public void onStalled(final Path path, final long nowNs) {
        final long mine = process;
        cluster.events.after(0, () -> {
            if (process == mine && isRunning()) {
                cluster.wire(path).close(index, PathLoss.CLOSED_HERE);
                cluster.wire(path).tick(index);
            }
        });
    }

    // ---- the data plane

    private void forget() {
        log.clear();
        session = 0;
        acknowledged = 0;
        released = 0;
        joined = 0;
        flushing = false;
    }

    private void append() {
        if (role().isOwner() && !lanCut && !flushing) {
            log.add(cluster.nextId());
            final int sequence = log.size();
            final long id = log.get(sequence - 1);
            final int number = session;
            if (number != 0) {
                replicate(() -> cluster.hosts[1 - index].onRecord(number, sequence, id));
            }
            release();
        }
    }

    private void replicate(final Runnable onArrival) {
        cluster.wire(Path.REPLICATION).send(index, onArrival);
    }

    /** Output commit: what leaves, leaves here. */
    private void release() {
        if (!role().isOwner() || lanCut || !membership.mayDepart(nowNs())) {
            return;
        }
        final int limit = role() == Role.SOLO ? log.size() : Math.min(acknowledged, log.size());
        while (released < limit) {
            cluster.clients.onTold(this, released, log.get(released));
            released++;
        }
    }

    private void onRecord(final int number, final int sequence, final long id) {
        input(() -> {
            if (number != joined || role() != Role.BACKUP && role() != Role.JOINING) {
                return;
            }
            if (sequence != log.size() + 1) {
                membership.onBackupMissed("got " + sequence + " after " + log.size(), nowNs());
                return;
            }
            log.add(id);
            final int upTo = log.size();
            replicate(() -> cluster.hosts[1 - index].onAcknowledged(number, upTo));
            // An implementation pokes the membership when its position moves.
            membership.onTimer(nowNs());
        });
    }

    private void onAcknowledged(final int number, final int upTo) {
        input(() -> {
            if (number == session) {
                acknowledged = Math.max(acknowledged, upTo);
                membership.onSignOfLife(Path.REPLICATION, nowNs());
                if (flushing && acknowledged == log.size() && !flushed) {
                    flushed = true;
                    membership.onFlushed(log.size(), nowNs());
                }
            }
        });
    }

    @Override
    public void onAttach(final int join, final long nowNs) {
        session = join;
        acknowledged = 0;
        final long mine = process;
        final int total = log.size();
        final List<Long> history = List.copyOf(log);
        // History and live records share the path; here the live ones wait, as the joiner applies one log.
        for (int i = 0; i < HISTORY_CHUNKS; i++) {
            final int from = total * i / HISTORY_CHUNKS;
            final int to = total * (i + 1) / HISTORY_CHUNKS;
            replicate(() -> cluster.hosts[1 - index].onHistory(join, history.subList(from, to)));
        }
        cluster.events.after(random.nextLong(0, 30 * MS), () -> {
            if (process == mine && session == join) {
                replicate(() -> cluster.hosts[1 - index].onMark(join));
            }
        });
    }

    private void onHistory(final int number, final List<Long> records) {
        input(() -> {
            if (number == joined && role() == Role.JOINING) {
                log.addAll(records);
            }
        });
    }

    private void onMark(final int number) {
        input(() -> {
            if (number == joined && role() == Role.JOINING) {
                final int upTo = log.size();
                replicate(() -> {
                    cluster.hosts[1 - index].onAcknowledged(number, upTo);
                    cluster.hosts[1 - index].onMarkAcknowledged(number);
                });
            }
        });
    }

    private void onMarkAcknowledged(final int number) {
        input(() -> membership.onCaughtUp(number, nowNs()));
    }

    @Override
    public void onDetach(final int join, final long nowNs) {
        session = 0;
    }

    @Override
    public void onJoin(final int join, final long epoch, final long nowNs) {
        forget();
        joined = join;
    }

    @Override
    public void onReset(final long nowNs) {
        forget();
    }

    @Override
    public long position() {
        return log.size();
    }

    @Override
    public void onFlush(final long nowNs) {
        flushing = true;
        flushed = false;
        final long mine = process;
        // Everything may be acknowledged already; not within the call.
        cluster.events.after(0, () -> input(() -> {
            if (process == mine && flushing && !flushed && acknowledged == log.size()) {
                flushed = true;
                membership.onFlushed(log.size(), nowNs());
            }
        }));
    }

    @Override
    public void onFlushCancelled(final long nowNs) {
        flushing = false;
    }

    @Override
    public void onRole(final Role from, final Role to, final long epoch, final Reason reason, final long nowNs) {
        if (to.isOwner() && !from.isOwner()) {
            session = 0;
            released = 0;
            flushing = false;
        }
        cluster.clients.onRole(this, from, to, epoch, reason);
    }
}
