package io.holdfast.sim;

import io.holdfast.config.StackConfig;
import io.holdfast.util.SeededRandom;
import java.util.function.Consumer;

/**
 * Course of a world with a protected server, until a host dies: plain data with defaults, a copy for each change.
 *
 * @param kind        for histograms
 * @param up          bytes that each client writes
 * @param down        bytes that the server writes to it, if the service does not say
 * @param clientPace  how clients read and write; and the servers on primary and backup
 * @param pauseNs     sleep of each client when it has written half
 * @param linkNs      delay of the replication link, one way
 * @param window      batches under way on it
 * @param burst       frames that the primary's device takes at once
 * @param skewNs      lead of the primary's clock
 * @param settings    of both hosts of the server; and of the clients
 * @param abortive    a connection may end with a reset
 * @param stage       further faults of the world
 */
record Scenario(String kind, Service service, int connections, long up, long down, Talk.Ending clientEnding,
    Talk.Ending serverEnding, Pace clientPace, Pace primaryPace, Pace backupPace, long pauseNs, int mtu, Faults faults,
    long linkNs, int window, int ringBytes, int burst, long skewNs, int backlog, Consumer<StackConfig> settings,
    Consumer<StackConfig> clientSettings, boolean abortive, Consumer<World> stage) {
    /** Behaviour of the server. */
    enum Service {
        /** Writes a stream of its own, and reads another. */
        TALK,
        /** Mills what it reads, and sends it back. */
        ECHO,
        /** Mixes its input; the output is much larger than the input. */
        REQUEST,
        /** Mills what it reads from one connection, and sends it to the next, and the other way. */
        RELAY,
        /** Writes a stream that says as which connection it was accepted. */
        COUNT
    }

    static Scenario of(final String kind) {
        return new Scenario(kind, Service.TALK, 1, 0, 0, Talk.Ending.FIRST, Talk.Ending.FIRST, Pace.NONE, Pace.NONE, Pace.NONE,
            0, 1_500, Faults.NONE, 100_000, Integer.MAX_VALUE, 1 << 18, Integer.MAX_VALUE, 0, 128, config -> { }, config -> { },
            false, world -> { });
    }

    private static final Talk.Ending[] ENDINGS = {Talk.Ending.UNREAD, Talk.Ending.RESET};

    /** Returns a plausible scenario, mostly fair, sometimes odd. */
    static Scenario random(final SeededRandom random) {
        final Service service = Service.values()[random.nextInt(5)];
        final int connections = service == Service.RELAY ? 2 + 2 * random.nextInt(2)
            : random.nextInt(10) == 0 ? 2 + random.nextInt(16) : 1 + random.nextInt(2);
        final int most = 1 << 1 + random.nextInt(connections > 4 ? 11 : 15);
        final boolean scaling = random.nextInt(4) != 0;
        final boolean sack = random.nextInt(4) != 0;
        final boolean timestamps = random.nextInt(4) != 0;
        Scenario s = of("random").service(service).connections(connections)
            .bytes(random.nextInt(most), service == Service.TALK || service == Service.COUNT ? random.nextInt(most) : 0)
            .paces(pace(random), pace(random), pace(random))
            .path(random.nextInt(2) == 0 ? 1_500 : 576 + random.nextInt(1_500), path(random))
            .link(1_000L << random.nextInt(17), random.nextInt(3) == 0 ? 1 + random.nextInt(4) : Integer.MAX_VALUE,
                1 << 16 + random.nextInt(3))
            .hosts(random.nextInt(4) == 0 ? 1 + random.nextInt(5) : Integer.MAX_VALUE,
                random.nextInt(3) == 0 ? random.nextInt(1_000_000) * 1_000_000L : 0, 128)
            .settings(server(random, scaling, sack, timestamps), server(random, true, true, true));
        if (service == Service.TALK || service == Service.COUNT) {
            s = s.endings(Talk.Ending.values()[random.nextInt(2)], Talk.Ending.FIRST);
            if (s.clientEnding == Talk.Ending.FIRST && random.nextInt(2) == 0) {
                s = s.endings(Talk.Ending.FIRST, Talk.Ending.LAST);
            }
            if (random.nextInt(8) == 0) {
                s = random.nextInt(2) == 0 ? s.endings(ENDINGS[random.nextInt(ENDINGS.length)], s.serverEnding)
                    : s.endings(s.clientEnding, ENDINGS[random.nextInt(ENDINGS.length)]);
                // A reset that is lost is not sent again.
                s = s.path(s.mtu, Faults.NONE);
            }
        }
        if (random.nextInt(16) == 0) {
            // Cookies; a second segment would be reset as on Linux, if the first found the queue full, or came later.
            return s.service(Service.TALK).connections(2 + random.nextInt(3)).bytes(1 + random.nextInt(200),
                random.nextInt(most))
                .hosts(s.burst, s.skewNs, random.nextInt(2)).endings(Talk.Ending.LAST, Talk.Ending.FIRST)
                .paces(Pace.NONE, s.primaryPace, s.backupPace).path(s.mtu, Faults.NONE);
        }
        return random.nextInt(8) == 0 ? s.pause((1 + random.nextInt(200)) * 1_000_000_000L) : s;
    }

    private static Pace pace(final SeededRandom random) {
        if (random.nextInt(3) != 0) {
            return Pace.NONE;
        }
        return new Pace(64 << random.nextInt(9), random.nextInt(3) == 0 ? 0 : 10_000L << random.nextInt(12));
    }

    private static Faults path(final SeededRandom random) {
        if (random.nextInt(3) == 0) {
            return Faults.NONE;
        }
        final Faults any = Faults.random(random);
        return any.delayNs() > 100_000_000L ? Faults.NONE : any;
    }

    private static Consumer<StackConfig> server(final SeededRandom random, final boolean scaling, final boolean sack,
        final boolean timestamps) {
        final boolean delayed = random.nextInt(4) != 0;
        final boolean pacing = random.nextInt(4) == 0;
        final int buffer = random.nextInt(3) == 0 ? 2_000 << random.nextInt(6) : 131_072;
        final int largest = buffer << random.nextInt(4);
        final int send = random.nextInt(3) == 0 ? 4_000 << random.nextInt(5) : 87_040;
        return config -> {
            config.tcp.windowScaling = scaling;
            config.tcp.sack = sack;
            config.tcp.timestamps = timestamps;
            config.tcp.delayedAck = delayed;
            config.tcp.pacing = pacing;
            config.tcp.receiveBufferBytes = buffer;
            config.tcp.receiveBufferMaxBytes = largest;
            config.tcp.sendBufferBytes = send;
        };
    }

    Scenario named(final String value) {
        return new Scenario(value, service, connections, up, down, clientEnding, serverEnding, clientPace, primaryPace,
            backupPace, pauseNs, mtu, faults, linkNs, window, ringBytes, burst, skewNs, backlog, settings, clientSettings,
            abortive, stage);
    }

    Scenario service(final Service value) {
        return new Scenario(kind, value, connections, up, down, clientEnding, serverEnding, clientPace, primaryPace,
            backupPace, pauseNs, mtu, faults, linkNs, window, ringBytes, burst, skewNs, backlog, settings, clientSettings,
            abortive, stage);
    }

    Scenario connections(final int value) {
        return new Scenario(kind, service, value, up, down, clientEnding, serverEnding, clientPace, primaryPace,
            backupPace, pauseNs, mtu, faults, linkNs, window, ringBytes, burst, skewNs, backlog, settings, clientSettings,
            abortive, stage);
    }

    Scenario bytes(final long newUp, final long newDown) {
        return new Scenario(kind, service, connections, newUp, newDown, clientEnding, serverEnding, clientPace, primaryPace,
            backupPace, pauseNs, mtu, faults, linkNs, window, ringBytes, burst, skewNs, backlog, settings, clientSettings,
            abortive, stage);
    }

    Scenario endings(final Talk.Ending client, final Talk.Ending server) {
        return new Scenario(kind, service, connections, up, down, client, server, clientPace, primaryPace,
            backupPace, pauseNs, mtu, faults, linkNs, window, ringBytes, burst, skewNs, backlog, settings, clientSettings,
            abrupt(client) || abrupt(server), stage);
    }

    private static boolean abrupt(final Talk.Ending ending) {
        // Data that comes when both directions were shut down is answered with a reset, as by Linux.
        return ending == Talk.Ending.RESET || ending == Talk.Ending.UNREAD || ending == Talk.Ending.READ_SHUT;
    }

    Scenario paces(final Pace client, final Pace primary, final Pace backup) {
        return new Scenario(kind, service, connections, up, down, clientEnding, serverEnding, client, primary, backup, pauseNs,
            mtu, faults, linkNs, window, ringBytes, burst, skewNs, backlog, settings, clientSettings, abortive, stage);
    }

    Scenario pause(final long value) {
        return new Scenario(kind, service, connections, up, down, clientEnding, serverEnding, clientPace, primaryPace,
            backupPace, value, mtu, faults, linkNs, window, ringBytes, burst, skewNs, backlog, settings, clientSettings,
            abortive, stage);
    }

    Scenario path(final int newMtu, final Faults newFaults) {
        return new Scenario(kind, service, connections, up, down, clientEnding, serverEnding, clientPace, primaryPace,
            backupPace, pauseNs, newMtu, newFaults, linkNs, window, ringBytes, burst, skewNs, backlog, settings, clientSettings,
            abortive, stage);
    }

    Scenario link(final long delayNs, final int newWindow, final int newRingBytes) {
        return new Scenario(kind, service, connections, up, down, clientEnding, serverEnding, clientPace, primaryPace,
            backupPace, pauseNs, mtu, faults, delayNs, newWindow, newRingBytes, burst, skewNs, backlog, settings, clientSettings,
            abortive, stage);
    }

    Scenario hosts(final int newBurst, final long newSkewNs, final int newBacklog) {
        return new Scenario(kind, service, connections, up, down, clientEnding, serverEnding, clientPace, primaryPace,
            backupPace, pauseNs, mtu, faults, linkNs, window, ringBytes, newBurst, newSkewNs, newBacklog, settings,
            clientSettings, abortive, stage);
    }

    Scenario settings(final Consumer<StackConfig> server, final Consumer<StackConfig> client) {
        return new Scenario(kind, service, connections, up, down, clientEnding, serverEnding, clientPace, primaryPace,
            backupPace, pauseNs, mtu, faults, linkNs, window, ringBytes, burst, skewNs, backlog, server, client, abortive, stage);
    }

    Scenario stage(final Consumer<World> value) {
        return new Scenario(kind, service, connections, up, down, clientEnding, serverEnding, clientPace, primaryPace,
            backupPace, pauseNs, mtu, faults, linkNs, window, ringBytes, burst, skewNs, backlog, settings, clientSettings,
            abortive, value);
    }
}
