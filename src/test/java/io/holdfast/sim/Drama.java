package io.holdfast.sim;

import io.holdfast.counters.StackCounter;
import io.holdfast.socket.HoldfastStack;
import io.holdfast.socket.StreamSocket;
import io.holdfast.stack.StackConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One {@link Scenario} in one {@link World}, with one {@link Death} in it, watched by every oracle. */
final class Drama {
    private static final long MS = 1_000_000L;
    private static final long HOUR_NS = 3_600_000L * MS;
    private static final int PORT = 80;
    private static final int FIRST_PORT = 40_000;

    /**
     * Who dies when.
     *
     * @param at       it dies over what would be the n-th thing to enter or leave it: packet, batch or acknowledgement
     * @param part     of the records under way that arrives, when it is the primary
     * @param detectNs until the other one knows
     */
    record Death(boolean primary, long at, double part, long detectNs) {
        static final Death NONE = new Death(true, Long.MAX_VALUE, 0, 0);
    }

    /**
     * What came of it.
     *
     * @param primary  how often something entered or left the primary; and the backup
     * @param stallsNs of the clients that the death stalled, from its detection; negative if they went on before
     */
    record Outcome(long primary, long backup, boolean died, List<Long> stallsNs, long digest) {
    }

    private static final StackCounter[] ERRORS = {StackCounter.CONNECTION_ERRORS, StackCounter.FRAME_HANDLER_ERRORS,
        StackCounter.COMMAND_ERRORS, StackCounter.HANDLER_ERRORS};

    private final Scenario scenario;
    private final World world;
    private final ReplicaPair pair;
    /** Servers' connections that wait for their partner, by host and client's port. */
    private final Map<String, Conduit> waiting = new HashMap<>();
    /** Connections accepted, by host. */
    private final int[] accepted = new int[3];

    private Drama(final Scenario scenario, final World world) {
        this.scenario = scenario;
        this.world = world;
        world.faults(scenario.faults());
        world.addHost(scenario.mtu(), config -> {
            patient(config);
            scenario.clientSettings().accept(config);
        });
        pair = new ReplicaPair(world, new ReplicaPair.Plan(scenario.mtu(), scenario.linkNs(), scenario.window(),
            scenario.ringBytes(), scenario.skewNs(), config -> {
                patient(config);
                scenario.settings().accept(config);
            }));
        pair.oracle.cookies = scenario.backlog() < scenario.connections();
        world.burst(pair.a.index, scenario.burst());
        scenario.stage().accept(world);
    }

    private static void patient(final StackConfig config) {
        config.memoryLimit(64 << 20).hearBytes(1 << 18);
        config.tcp.orphanRetries = 60;
        config.tcp.retries = 60;
        config.tcp.synRetries = 20;
        config.tcp.synAckRetries = 20;
    }

    static Outcome play(final Scenario scenario, final long seed, final Death death) {
        try (World world = new World(seed)) {
            return new Drama(scenario, world).play(death);
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    private Outcome play(final Death death) throws IOException {
        pair.kill(death.primary() ? pair.a : pair.b, death.at(), death.part(), death.detectNs());
        serve(pair.a, scenario.primaryPace());
        serve(pair.b, scenario.backupPace());
        // By its clock the first SYN is sent.
        world.invoke(0);
        final List<Talk> clients = new ArrayList<>();
        for (int i = 0; i < scenario.connections(); i++) {
            clients.add(connect(i));
        }
        world.run(world.nowNs + HOUR_NS);
        for (final Actor actor : world.talks) {
            if (!actor.over()) {
                throw new AssertionError("not over: " + world.talks + ", " + pair.events);
            }
            if (actor.failed()) {
                throw new AssertionError(actor.name + " failed: " + actor.failure + ", " + pair.events, actor.failure);
            }
        }
        if (pair.events != null) {
            throw new AssertionError(pair.events);
        }
        rest();
        final List<Long> stalls = new ArrayList<>();
        for (final Talk client : clients) {
            if (client.stall.stallNs() >= 0) {
                stalls.add(client.stall.stallNs() - death.detectNs());
            }
        }
        return new Outcome(pair.crossings(pair.a), pair.crossings(pair.b), pair.crashNs != Long.MAX_VALUE, stalls,
            world.oracle.digest());
    }

    /** Nothing is left of the connections, once TIME-WAIT is over. */
    private void rest() throws IOException {
        final long untilNs = world.nowNs + HOUR_NS;
        while (world.step(untilNs)) {
            continue;
        }
        for (int host = 0; host < world.stacks.size(); host++) {
            final HoldfastStack stack = world.stacks.get(host);
            if (world.isCrashed(host)) {
                continue;
            }
            final long left = stack.sockets().stream().filter(s -> !s.state().equals("LISTEN")).count();
            for (final StackCounter error : ERRORS) {
                if (stack.counters().get(error) > 0) {
                    throw new AssertionError("host " + host + ": " + error.label());
                }
            }
            if (left > 0) {
                throw new AssertionError(left + " connections are left on host " + host + ": " + stack.sockets());
            }
        }
        if (!scenario.abortive() && world.oracle.earlyResets > 0) {
            throw new AssertionError("O4: " + world.oracle.earlyResets + " resets");
        }
        // Whoever ends first keeps TIME-WAIT, and says ACK to whatever comes late, unless a reset ends it.
        if (scenario.clientEnding() == Talk.Ending.LAST && scenario.serverEnding() == Talk.Ending.FIRST && !pair.oracle.cookies
            && world.oracle.watchedResets > 0 && world.oracle.watchedResets == world.oracle.resets) {
            throw new AssertionError("TW: " + world.oracle.watchedResets + " resets");
        }
    }

    // --- the cast ---

    private void serve(final ReplicaPair.Host host, final Pace pace) throws IOException {
        world.listen(host.index, PORT, scenario.backlog(), socket -> accepted(host, socket, pace));
    }

    private void accepted(final ReplicaPair.Host host, final StreamSocket socket, final Pace pace) {
        final Conduit conduit = new Conduit(socket, host == pair.a ? pair.oracle : null);
        final String name = "server " + (host == pair.a ? "a" : "b") + " " + socket.remoteAddress().getPort();
        switch (scenario.service()) {
            case TALK -> enter(host, excused(new Talk(name, conduit, 7, 11, scenario.down(), scenario.up(), null)
                .pace(pace)
                .ending(scenario.serverEnding())));
            case ECHO, REQUEST -> enter(host, new Mills(name, List.of(new Mills.Leg(conduit, conduit, mill())), pace));
            case COUNT -> enter(host, excused(new Talk(name, conduit, accepted[host.index]++, 11, scenario.down(),
                scenario.up(),
                null).pace(pace).ending(scenario.serverEnding())));
            default -> {
                final int port = socket.remoteAddress().getPort();
                final Conduit other = waiting.remove(host.index + ":" + (port ^ 1));
                if (other == null) {
                    waiting.put(host.index + ":" + port, conduit);
                } else {
                    enter(host, new Mills(name, List.of(new Mills.Leg(other, conduit, mill()),
                        new Mills.Leg(conduit, other, mill())), pace));
                }
            }
        }
    }

    private void enter(final ReplicaPair.Host host, final Actor actor) {
        actor.place(host.index);
        world.talks.add(actor);
    }

    private Mill mill() {
        return scenario.service() == Scenario.Service.REQUEST ? new Mill(100, 2_000) : new Mill(1, 1);
    }

    private Talk connect(final int i) throws IOException {
        final StreamSocket socket = world.stacks.get(0).openStream();
        socket.bind(World.at(0, FIRST_PORT + i));
        socket.connect(World.at(World.SERVICE - 1, PORT));
        final boolean talks = scenario.service() == Scenario.Service.TALK || scenario.service() == Scenario.Service.COUNT;
        final long salt = talks ? 11 : 11 + i;
        final long down = talks ? scenario.down() : mill().yield(scenario.up());
        final Talk talk = new Talk("client " + i, new Conduit(socket, null), salt, 7, scenario.up(), down, null)
            .pace(scenario.clientPace()).ending(scenario.clientEnding());
        if (scenario.service() == Scenario.Service.COUNT) {
            talk.expects(null);
        } else if (!talks) {
            final long of = scenario.service() == Scenario.Service.RELAY ? 11 + (i ^ 1) : salt;
            talk.expects(ByteStream.milled(ByteStream.pattern(of), mill()));
        }
        if (scenario.pauseNs() > 0) {
            talk.pause(scenario.up() / 2, scenario.pauseNs());
        }
        world.talks.add(excused(talk));
        return talk;
    }

    private Talk excused(final Talk talk) {
        return scenario.abortive() ? talk.mayFail() : talk;
    }
}
