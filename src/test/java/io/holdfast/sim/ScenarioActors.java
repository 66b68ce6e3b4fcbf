package io.holdfast.sim;

import io.holdfast.config.StackConfig;
import io.holdfast.counters.StackCounter;
import io.holdfast.socket.HoldfastStack;
import io.holdfast.socket.StreamSocket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Actors of a {@link Scenario} in a {@link World}: its clients, on host 0, and its servers, on the other hosts. */
final class ScenarioActors {
    private static final int PORT = 80;
    private static final int FIRST_PORT = 40_000;
    private static final StackCounter[] ERRORS = {StackCounter.CONNECTION_ERRORS, StackCounter.FRAME_HANDLER_ERRORS,
        StackCounter.COMMAND_ERRORS, StackCounter.HANDLER_ERRORS};

    private final Scenario scenario;
    private final World world;
    final List<Talk> clients = new ArrayList<>();
    /** Servers' connections that wait for their partner, by host and client's port. */
    private final Map<String, Conduit> waiting = new HashMap<>();
    /** Connections accepted, by host. */
    private final Map<Integer, Integer> accepted = new HashMap<>();

    ScenarioActors(final Scenario scenario, final World world) {
        this.scenario = scenario;
        this.world = world;
        world.faults(scenario.faults());
        world.addHost(scenario.mtu(), config -> {
            patient(config);
            scenario.clientSettings().accept(config);
        });
    }

    static void patient(final StackConfig config) {
        config.memoryLimit(64 << 20).hearBytes(1 << 18);
        config.tcp.orphanRetries = 60;
        config.tcp.retries = 60;
        config.tcp.synRetries = 20;
        config.tcp.synAckRetries = 20;
    }

    // --- what came of it ---

    /** Everybody's part is over, as it should be. {@code event}: what is known to have gone wrong, or null. */
    void check(final Supplier<String> event) {
        for (final Actor actor : world.talks) {
            if (!actor.over()) {
                throw new AssertionError("not over: " + world.talks + ", " + event.get());
            }
            if (actor.failed()) {
                throw new AssertionError(actor.name + " failed: " + actor.failure + ", " + event.get(), actor.failure);
            }
        }
        if (event.get() != null) {
            throw new AssertionError(event.get());
        }
    }

    /** Nothing is left of the connections, once TIME-WAIT is over. */
    void checkRest() {
        for (int host = 0; host < world.stacks.size(); host++) {
            final HoldfastStack stack = world.stacks.get(host);
            if (world.isCrashed(host)) {
                continue;
            }
            for (final StackCounter error : ERRORS) {
                if (stack.counters().get(error) > 0) {
                    throw new AssertionError("host " + host + ": " + error.label());
                }
            }
            if (connections(host) > 0) {
                throw new AssertionError("connections are left on host " + host + ": " + stack.sockets());
            }
        }
        if (!scenario.abortive() && world.oracle.earlyResets > 0) {
            throw new AssertionError("O4: " + world.oracle.earlyResets + " resets");
        }
    }

    long connections(final int host) {
        return world.stacks.get(host).sockets().stream().filter(s -> !s.state().equals("LISTEN")).count();
    }

    /** The end that closes first keeps TIME-WAIT, and acknowledges late segments, unless a reset ends it. */
    void checkTimeWait() {
        if (scenario.clientEnding() == Talk.Ending.LAST && scenario.serverEnding() == Talk.Ending.FIRST
            && world.oracle.watchedResets > 0 && world.oracle.watchedResets == world.oracle.resets) {
            throw new AssertionError("TW: " + world.oracle.watchedResets + " resets");
        }
    }

    /** Stalls of the clients that a death held up, from its detection; negative if they went on before. */
    List<Long> stallsNs(final long detectNs) {
        final List<Long> stalls = new ArrayList<>();
        for (final Talk client : clients) {
            if (client.stall.stallNs() >= 0) {
                stalls.add(client.stall.stallNs() - detectNs);
            }
        }
        return stalls;
    }

    // --- the actors ---

    /** Starts the scenario's server on one host. {@code watcher} may be null. */
    void serve(final int host, final String hostName, final Conduit.Watcher watcher, final Pace pace) throws IOException {
        world.listen(host, PORT, scenario.backlog(), socket -> accepted(host, hostName, new Conduit(socket, watcher), pace));
    }

    private void accepted(final int host, final String hostName, final Conduit conduit, final Pace pace) {
        final int port = conduit.socket.remoteAddress().getPort();
        final String name = "server " + hostName + " " + port;
        switch (scenario.service()) {
            case TALK -> enter(host, excused(new Talk(name, conduit, 7, 11, scenario.down(), scenario.up(), null)
                .pace(pace)
                .ending(scenario.serverEnding())));
            case ECHO, REQUEST -> enter(host,
                new MixingServer(name, List.of(new MixingServer.Leg(conduit, conduit, mixer())), pace));
            case COUNT -> enter(host, excused(new Talk(name, conduit, accepted.merge(host, 1, Integer::sum) - 1, 11,
                scenario.down(), scenario.up(), null).pace(pace).ending(scenario.serverEnding())));
            default -> {
                final Conduit other = waiting.remove(host + ":" + (port ^ 1));
                if (other == null) {
                    waiting.put(host + ":" + port, conduit);
                } else {
                    enter(host, new MixingServer(name, List.of(new MixingServer.Leg(other, conduit, mixer()),
                        new MixingServer.Leg(conduit, other, mixer())), pace));
                }
            }
        }
    }

    private void enter(final int host, final Actor actor) {
        actor.place(host);
        world.talks.add(actor);
    }

    private ByteMixer mixer() {
        return scenario.service() == Scenario.Service.REQUEST ? new ByteMixer(100, 2_000) : new ByteMixer(1, 1);
    }

    /** The scenario's clients connect, one after the other so far apart. */
    void connect(final long gapNs) throws IOException {
        // By its clock the first SYN is sent.
        world.invoke(0);
        for (int i = 0; i < scenario.connections(); i++) {
            if (gapNs == 0) {
                connect(i);
            } else {
                final int number = i;
                world.at(world.nowNs + i * gapNs, () -> {
                    try {
                        world.invoke(0);
                        connect(number);
                    } catch (final IOException e) {
                        throw new AssertionError(e);
                    }
                });
            }
        }
    }

    private void connect(final int i) throws IOException {
        final StreamSocket socket = world.stacks.get(0).openStream();
        socket.bind(World.at(0, FIRST_PORT + i));
        socket.connect(World.at(World.SERVICE - 1, PORT));
        final boolean talks = scenario.service() == Scenario.Service.TALK || scenario.service() == Scenario.Service.COUNT;
        final long salt = talks ? 11 : 11 + i;
        final long down = talks ? scenario.down() : mixer().yield(scenario.up());
        final Talk talk = new Talk("client " + i, new Conduit(socket, null), salt, 7, scenario.up(), down, null)
            .pace(scenario.clientPace()).ending(scenario.clientEnding());
        if (scenario.service() == Scenario.Service.COUNT) {
            talk.expects(null);
        } else if (!talks) {
            final long of = scenario.service() == Scenario.Service.RELAY ? 11 + (i ^ 1) : salt;
            talk.expects(ByteStream.milled(ByteStream.pattern(of), mixer()));
        }
        if (scenario.pauseNs() > 0) {
            talk.pause(scenario.up() / 2, scenario.pauseNs());
        }
        clients.add(talk);
        world.talks.add(excused(talk));
    }

    private Talk excused(final Talk talk) {
        return scenario.abortive() ? talk.mayFail() : talk;
    }
}
