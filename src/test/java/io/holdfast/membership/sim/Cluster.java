package io.holdfast.membership.sim;

import io.holdfast.membership.MembershipConfig;
import io.holdfast.membership.MembershipStatus;
import io.holdfast.membership.Role;
import io.holdfast.replication.channel.Path;
import io.holdfast.util.SeededRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Hosts A (preferred), B, and more if wanted; a replication link, and a LAN with a port for each host and clients beyond the
 * switch.
 */
final class Cluster {
    private static final long MS = 1_000_000;
    private static final long MAX_HEARTBEAT_NS = 10 * MS;
    private static final long LEAST_ALONE_MS = 1_000;

    final Events events = new Events();
    final SeededRandom random;
    final Clients clients;
    final Host[] hosts;
    final List<Wire> wires = new ArrayList<>();
    Consumer<MembershipConfig> settings = config -> config.lanMs(40);
    /** null: the two paths alone. */
    ThirdParty thirdParty;
    /** After so long a host that may not lead at once leads; 0 for never. */
    long aloneMs;
    boolean replicationCut;
    /** The LAN does not carry the hosts' own path, though both hear it: a split that two nodes cannot see. */
    boolean serviceFiltered;
    boolean listensToLan = true;
    long dialEveryNs = 20 * MS;
    /** What TLS adds to a connection's opening. */
    long handshakeNs;
    /** What the replication link adds to A's messages: a queue. */
    long queueOfANs;
    long maxDelayNs = 500_000;
    long appendEveryNs = 5 * MS;
    boolean lifelines = true;
    /** From a process's death to the closing of its connections: the kernel tears down its memory first. */
    long teardownNs;
    private long id;

    Cluster(final long seed) {
        this(seed, 2);
    }

    Cluster(final long seed, final int count) {
        random = new SeededRandom(seed);
        hosts = new Host[count];
        clients = new Clients(this);
        for (int i = 0; i < count; i++) {
            hosts[i] = new Host(i, this, random.split());
        }
        for (int i = 0; i < count; i++) {
            for (int j = i + 1; j < count; j++) {
                wires.add(new Wire(Path.REPLICATION, this, hosts[i], hosts[j], random.split()));
                wires.add(new Wire(Path.SERVICE, this, hosts[i], hosts[j], random.split()));
            }
        }
        events.afterEach(clients::check);
    }

    Host a() {
        return hosts[0];
    }

    Host b() {
        return hosts[1];
    }

    Host c() {
        return hosts[2];
    }

    /** Between A and B. */
    Wire wire(final Path path) {
        return wire(path, a(), b());
    }

    Wire wire(final Path path, final Host one, final Host other) {
        return wires.stream().filter(wire -> wire.path == path && wire.isBetween(one, other)).findFirst().orElseThrow();
    }

    List<Wire> wiresOf(final Host host) {
        return wires.stream().filter(wire -> wire.isOf(host)).toList();
    }

    long nextId() {
        return ++id;
    }

    /** Starts all hosts and waits until B protects A. */
    Cluster protectedPair() {
        for (final Host host : hosts) {
            host.start();
        }
        require(2_000, () -> hosts.length == 2 ? isProtected(a(), b()) : isProtected(), "A is protected by B");
        run(100);
        return this;
    }

    /** A third party, reached by a network of its own, or as the clients are. */
    Cluster withThirdParty(final boolean onLan) {
        thirdParty = new ThirdParty(this);
        thirdParty.onLan = onLan;
        aloneMs = Math.max(aloneMs, LEAST_ALONE_MS);
        return this;
    }

    boolean isProtected(final Host owner, final Host backup) {
        return owner.isRunning() && backup.isRunning() && owner.role() == Role.PRIMARY && backup.role() == Role.BACKUP
            && backup.membership.isReady(backup.nowNs()) && owner.isSpeaking();
    }

    boolean isProtected() {
        return owner() != null && backup() != null && isProtected(owner(), backup());
    }

    /** Who leads with a backup, and may speak; null if there is none, or not one alone. */
    Host owner() {
        return only(Role.PRIMARY);
    }

    /** Who could take over; null as above. */
    Host backup() {
        return only(Role.BACKUP);
    }

    private Host only(final Role role) {
        Host found = null;
        for (final Host host : hosts) {
            if (host.isRunning() && !host.isFrozen() && host.role() == role
                && (host.isSpeaking() || host.membership.isReady(host.nowNs()))) {
                if (found != null) {
                    return null;
                }
                found = host;
            }
        }
        return found;
    }

    /** All hosts hear each other on both paths, and the LAN. */
    boolean isMended() {
        for (final Host host : hosts) {
            if (!host.isRunning() || host.isFrozen()) {
                return false;
            }
            final MembershipStatus status = host.membership.status(host.nowNs());
            if (listensToLan && !status.lan().heard()
                || !status.hosts().stream().flatMap(other -> other.paths().stream())
                    .allMatch(path -> path.up() && path.heardForNs() < 3 * MAX_HEARTBEAT_NS)) {
                return false;
            }
        }
        return wires.stream().allMatch(Wire::isSettled) && (thirdParty == null || thirdParty.isSettled());
    }

    void run(final long ms) {
        final long untilNs = events.nowNs() + ms * MS;
        while (events.step(untilNs)) {
            // Each event is checked.
        }
    }

    /** Runs until it holds, and returns after how many microseconds it did. */
    long require(final long withinMs, final BooleanSupplier condition, final String what) {
        final long fromNs = events.nowNs();
        final long untilNs = fromNs + withinMs * MS;
        while (!condition.getAsBoolean()) {
            if (!events.step(untilNs)) {
                clients.require(condition.getAsBoolean(), "not within " + withinMs + " ms: " + what + "; " + state());
            }
        }
        return (events.nowNs() - fromNs) / 1_000;
    }

    String state() {
        final StringBuilder text = new StringBuilder();
        for (final Host host : hosts) {
            text.append(host).append(host.isRunning() ? "" : " dead").append(host.isFrozen() ? " frozen" : "")
                .append(host.lanCut ? " lan cut" : "").append(host.replicationCut ? " replication cut" : "").append(' ')
                .append(host.membership == null ? "" : host.membership.status(host.nowNs())).append("\n  ");
        }
        return text + (replicationCut ? "replication cut" : "");
    }

    void cutReplication(final boolean cut) {
        final boolean mended = replicationCut && !cut;
        clients.note("cut replication " + cut);
        replicationCut = cut;
        if (mended) {
            mended(Path.REPLICATION);
        }
    }

    /** The host's own port to the replication link. */
    void cutReplication(final Host host, final boolean cut) {
        final boolean mended = host.replicationCut && !cut;
        clients.note("cut replication of " + host + " " + cut);
        host.replicationCut = cut;
        if (mended) {
            mended(Path.REPLICATION);
        }
    }

    /** The host hears none of the others, nor any client. */
    void cutOff(final Host host) {
        if (hosts.length == 2) {
            cutReplication(true);
        } else {
            cutReplication(host, true);
        }
        cutLan(host, true);
    }

    private void mended(final Path path) {
        wires.stream().filter(wire -> wire.path == path).forEach(Wire::onMended);
    }

    void cutLan(final Host host, final boolean cut) {
        final boolean mended = host.lanCut && !cut;
        clients.note("cut lan of " + host + " " + cut);
        host.lanCut = cut;
        if (mended) {
            mended(Path.SERVICE);
        }
    }

    void filterService(final boolean on) {
        final boolean mended = serviceFiltered && !on;
        serviceFiltered = on;
        if (mended) {
            mended(Path.SERVICE);
        }
    }

    void healAll() {
        cutReplication(false);
        filterService(false);
        if (thirdParty != null) {
            thirdParty.heal();
        }
        for (final Host host : hosts) {
            cutLan(host, false);
            cutReplication(host, false);
            if (!host.isRunning()) {
                host.start();
            } else {
                host.thaw();
            }
        }
    }
}
