package io.holdfast.membership.sim;

import io.holdfast.membership.Membership;
import io.holdfast.membership.MembershipConfig;
import io.holdfast.membership.Role;
import io.holdfast.replication.channel.Path;
import io.holdfast.replication.channel.PathLoss;
import io.holdfast.util.SeededRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** A host with one process: its clock, its faults, what reaches it. */
final class Host {
    private static final long MS = 1_000_000;
    private static final long LAN_EVERY_NS = 8 * MS;

    final int index;
    private final Cluster cluster;
    private final SeededRandom random;
    /** This host's port to the LAN: the service path, and the clients. */
    boolean lanCut;
    /** This host's port to the replication link. */
    boolean replicationCut;
    /** The device is gone: the host knows that its LAN is cut. */
    boolean lanGone;
    /** It has to wait for processors again and again. */
    boolean starved;
    double stopMeanMs;
    private long lanSignNs;
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
    final Service service;

    Host(final int index, final Cluster cluster, final SeededRandom random) {
        this.index = index;
        this.cluster = cluster;
        this.random = random;
        service = new Service(this, cluster, random.split());
    }

    @Override
    public String toString() {
        return String.valueOf((char) ('A' + index));
    }

    Cluster cluster() {
        return cluster;
    }

    /** The others by their place, as this host's configuration has them. */
    Host other(final int place) {
        return cluster.hosts[place < index ? place : place + 1];
    }

    private int place(final Host other) {
        return other.index < index ? other.index : other.index - 1;
    }

    /** Who this host is a pair with, or may be. */
    Host partner() {
        return other(membership.partner());
    }

    // ---- the process

    void start() {
        cluster.clients.note("start " + this);
        if (on) {
            closeAll(); // What is left of a process before: its ports are free only then.
        }
        on = true;
        stopped = false;
        frozen = false;
        paused = false;
        process = random.nextLong() | 1;
        clockOffsetNs = cluster.events.nowNs() - random.nextLong(MS, 3_600_000 * MS);
        clockRate = 1 + (random.nextDouble() - 0.5) * 0.0004;
        waiting.clear();
        service.forget();
        cluster.wiresOf(this).forEach(wire -> wire.onStart(this));
        final MembershipConfig config = new MembershipConfig().cluster("c").node("n" + index).incarnation(process)
            .preferPrimary(index == 0);
        if (cluster.hosts.length > 2) {
            config.others(Arrays.stream(cluster.hosts).filter(other -> other != this).map(other -> "n" + other.index).toList());
        }
        if (cluster.aloneMs > 0) {
            config.aloneMs(cluster.aloneMs);
        }
        cluster.settings.accept(config);
        if (cluster.thirdParty != null) {
            config.witness(cluster.thirdParty.of(this, cluster.aloneMs * MS));
        }
        membership = new Membership(config, service, nowNs());
        plan();
        final long mine = process;
        repeat(mine, cluster.dialEveryNs, () -> cluster.wiresOf(this).forEach(wire -> wire.tick(this)));
        lanSignNs = Long.MIN_VALUE;
        repeat(mine, LAN_EVERY_NS, () -> {
            lanSignNs = lanCut ? lanSignNs : nowNs();
            membership.onLan(lanSignNs, nowNs(), (int) ((nowNs() - lanSignNs) / LAN_EVERY_NS), lanGone, nowNs());
            plan();
        });
        repeat(mine, cluster.appendEveryNs, service::append);
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
    void input(final Runnable action) {
        if (!isRunning()) {
            return;
        }
        if (frozen) {
            waiting.add(action);
            return;
        }
        action.run();
        plan();
        service.release();
    }

    // ---- faults

    void kill() {
        cluster.clients.onDeath(this);
        cluster.clients.note("kill " + this);
        if (isRunning()) {
            stopped = true;
            paused = false;
            cluster.wiresOf(this).forEach(wire -> wire.cutLine(this));
            if (cluster.teardownNs == 0) {
                closeAll();
            } else {
                final long mine = process;
                cluster.events.after(cluster.teardownNs, () -> {
                    if (process == mine && stopped && on) {
                        closeAll();
                    }
                });
            }
        }
    }

    private void closeAll() {
        cluster.wiresOf(this).forEach(wire -> wire.close(this, PathLoss.CLOSED_HERE));
    }

    void powerOff() {
        cluster.clients.onDeath(this);
        cluster.clients.note("power off " + this);
        on = false;
        stopped = true;
        paused = false;
        cluster.wiresOf(this).forEach(wire -> wire.vanish(this));
    }

    void freeze() {
        cluster.clients.note("freeze " + this);
        frozen = isRunning();
    }

    /** It waits for a processor, or runs again. */
    void stop(final boolean on) {
        if (on) {
            frozen = isRunning();
        } else if (frozen && !paused && isRunning()) {
            run();
        }
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
            if (paused) {
                paused = false;
                cluster.wiresOf(this).forEach(Wire::onMended);
            }
            run();
        }
    }

    private void run() {
        frozen = false;
        final List<Runnable> inputs = new ArrayList<>(waiting);
        waiting.clear();
        inputs.forEach(this::input);
        input(() -> membership.onTimer(nowNs()));
    }

    void requestSwitchover() {
        input(() -> membership.requestSwitchover(nowNs()));
    }

    // ---- the channel

    void onUp(final Host from, final Path path) {
        cluster.clients.note(this + " path up " + path + " " + from);
        input(() -> membership.onPathUp(place(from), path, nowNs()));
    }

    void onDown(final Host from, final Path path, final PathLoss loss) {
        if (loss != PathLoss.REFUSED) {
            cluster.clients.note(this + " path down " + path + " " + from + " " + loss);
        }
        input(() -> membership.onPathDown(place(from), path, loss, "", nowNs()));
    }

    void onLifeline(final Host from, final Path path, final boolean held) {
        cluster.clients.note(this + " lifeline " + path + " " + from + " " + held);
        input(() -> membership.onLifeline(place(from), path, held, nowNs()));
    }

    void onBytes(final Host from, final Path path, final byte[] bytes) {
        input(() -> membership.onMessage(place(from), path, new UnsafeBuffer(bytes), 0, bytes.length, nowNs()));
    }

    void onSignOfLife(final Host from, final Path path) {
        membership.onSignOfLife(place(from), path, nowNs());
    }
}
