package io.holdfast.sim;

import io.holdfast.config.StackConfig;
import io.holdfast.replication.ReplicationMode;
import io.holdfast.sim.Scenario.Service;
import io.holdfast.sim.Talk.Ending;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Scenarios that are small enough to die at every one of their events. The first word of a name is its kind. */
final class Scenarios {
    private static final long MS = 1_000_000L;
    private static final Faults LOSSY = new Faults(0.03, 0.02, 0.1, 0, MS, 500_000, 0, 1_000);
    private static final Faults SLOW = new Faults(0, 0, 0, 0, 5 * MS, 0, 20_000_000, 100);
    private static final Consumer<StackConfig> NOTHING = config -> { };
    private static final int FIN = 1;
    private static final int SYN = 2;
    private static final int FLAGS_AT = 33;

    private Scenarios() {
    }

    static List<Scenario> small() {
        final List<Scenario> all = new ArrayList<>();
        transfers(all);
        applications(all);
        paths(all);
        options(all);
        windows(all);
        closing(all);
        replication(all);
        many(all);
        return all;
    }

    /** A scenario long enough for a host to come back before its end. {@code gapNs}: time between two clients. */
    record Lasting(Scenario scenario, ReplicationMode mode, long gapNs) {
        String kind() {
            return scenario.kind() + ", " + mode.name().toLowerCase(Locale.ROOT);
        }
    }

    static List<Lasting> lasting() {
        final List<Lasting> all = new ArrayList<>();
        final Pace bits = new Pace(500, 10 * MS);
        final Consumer<StackConfig> small = config -> {
            config.tcp.receiveBufferBytes = 3_000;
            config.tcp.receiveBufferMaxBytes = 3_000;
            config.tcp.sendBufferBytes = 3_000;
        };
        for (final ReplicationMode mode : List.of(ReplicationMode.HOT, ReplicationMode.COLD)) {
            all.add(new Lasting(Scenario.of("upload").bytes(6_000, 0).paces(bits, Pace.NONE, Pace.NONE), mode, 0));
            all.add(new Lasting(Scenario.of("download").bytes(0, 6_000).paces(Pace.NONE, bits, bits), mode, 0));
            all.add(new Lasting(Scenario.of("both").bytes(6_000, 6_000).paces(bits, bits, bits), mode, 0));
            all.add(new Lasting(Scenario.of("idle").service(Service.ECHO).bytes(400, 0).pause(150 * MS), mode, 0));
            all.add(new Lasting(Scenario.of("echo, lossy path").service(Service.ECHO).bytes(1_500, 0).path(1_500, LOSSY)
                .paces(new Pace(100, 8 * MS), Pace.NONE, Pace.NONE), mode, 0));
            all.add(new Lasting(Scenario.of("handshakes").bytes(1, 1).connections(8).endings(Ending.LAST, Ending.FIRST), mode,
                15 * MS));
        }
        final ReplicationMode hot = ReplicationMode.HOT;
        all.add(new Lasting(Scenario.of("relay").service(Service.RELAY).connections(2).bytes(1_500, 0)
            .paces(new Pace(150, 10 * MS), Pace.NONE, Pace.NONE), hot, 0));
        all.add(new Lasting(Scenario.of("zero window of the client").bytes(0, 8_000)
            .paces(new Pace(1_000, 15 * MS), Pace.NONE, Pace.NONE).settings(small, small), hot, 0));
        all.add(new Lasting(Scenario.of("zero window of the server").bytes(8_000, 0)
            .paces(Pace.NONE, new Pace(1_000, 15 * MS), Pace.NONE).settings(small, small), hot, 0));
        all.add(new Lasting(Scenario.of("close, half by client").bytes(500, 6_000).endings(Ending.FIRST, Ending.LAST)
            .paces(Pace.NONE, bits, bits), hot, 0));
        all.add(new Lasting(Scenario.of("close, half by server").bytes(6_000, 500).endings(Ending.LAST, Ending.FIRST)
            .paces(bits, Pace.NONE, Pace.NONE), hot, 0));
        all.add(new Lasting(Scenario.of("options, none").service(Service.ECHO).bytes(1_200, 0)
            .paces(new Pace(100, 10 * MS), Pace.NONE, Pace.NONE).settings(config -> {
                config.tcp.sack = false;
                config.tcp.timestamps = false;
                config.tcp.windowScaling = false;
            }, NOTHING), hot, 0));
        all.add(new Lasting(Scenario.of("many").connections(6).bytes(600, 600).paces(new Pace(100, 20 * MS), Pace.NONE, Pace.NONE),
            hot, 5 * MS));
        return all;
    }

    private static void transfers(final List<Scenario> all) {
        final Pace bit = new Pace(2_000, 3 * MS);
        all.add(Scenario.of("upload").bytes(40_000, 0));
        all.add(Scenario.of("upload in bits").bytes(60_000, 0).paces(bit, Pace.NONE, Pace.NONE));
        all.add(Scenario.of("upload, slow path").bytes(60_000, 0).path(1_500, SLOW));
        all.add(Scenario.of("upload, lossy path").bytes(60_000, 0).path(1_500, LOSSY));
        all.add(Scenario.of("upload, nothing heard").bytes(60_000, 0).paces(bit, Pace.NONE, Pace.NONE)
            .settings(config -> config.hearBytes(0), NOTHING));
        all.add(Scenario.of("download").bytes(0, 60_000));
        all.add(Scenario.of("download in bits").bytes(0, 60_000).paces(Pace.NONE, bit, Pace.NONE));
        all.add(Scenario.of("download, slow path").bytes(0, 60_000).path(1_500, SLOW));
        all.add(Scenario.of("download, lossy path").bytes(0, 60_000).path(1_500, LOSSY));
        all.add(Scenario.of("both").bytes(20_000, 30_000));
        all.add(Scenario.of("both, lossy path").bytes(20_000, 20_000).path(1_500, LOSSY));
        all.add(Scenario.of("both, small packets").bytes(10_000, 10_000).path(576, Faults.NONE));
        all.add(Scenario.of("both, large packets").bytes(100_000, 100_000).path(9_000, Faults.NONE));
    }

    private static void applications(final List<Scenario> all) {
        all.add(Scenario.of("echo").service(Service.ECHO).bytes(20_000, 0));
        all.add(Scenario.of("echo, lossy path").service(Service.ECHO).bytes(20_000, 0).path(1_500, LOSSY));
        all.add(Scenario.of("echo in bits").service(Service.ECHO).bytes(3_000, 0).paces(new Pace(100, 2 * MS),
            Pace.NONE, Pace.NONE));
        all.add(Scenario.of("request").service(Service.REQUEST).bytes(2_000, 0)
            .paces(new Pace(300, 3 * MS), Pace.NONE, Pace.NONE));
        all.add(Scenario.of("relay").service(Service.RELAY).connections(2).bytes(10_000, 0));
        all.add(Scenario.of("relay, lossy path").service(Service.RELAY).connections(4).bytes(4_000, 0).path(1_500,
            LOSSY));
        all.add(Scenario.of("idle").service(Service.ECHO).bytes(4_000, 0).pause(180_000 * MS));
        all.add(Scenario.of("idle, nothing heard").service(Service.ECHO).bytes(4_000, 0).pause(180_000 * MS)
            .settings(config -> config.hearBytes(0), NOTHING));
    }

    /** Faults of the links, one at a time. */
    private static void paths(final List<Scenario> all) {
        final Faults loses = new Faults(0.08, 0, 0, 0, MS, 0, 0, 1_000);
        final Faults duplicates = new Faults(0, 0.3, 0, 0, MS, 0, 0, 1_000);
        final Faults reorders = new Faults(0, 0, 0.3, 0, MS, 2 * MS, 0, 1_000);
        final Faults delays = new Faults(0, 0, 0, 0, 80 * MS, 0, 0, 1_000);
        for (final Scenario s : List.of(Scenario.of("upload").bytes(25_000, 0), Scenario.of("download").bytes(0, 25_000))) {
            all.add(s.path(1_500, loses).named("path that loses, " + s.kind()));
            all.add(s.path(1_500, duplicates).named("path that duplicates, " + s.kind()));
            all.add(s.path(1_500, reorders).named("path that reorders, " + s.kind()));
            all.add(s.path(1_500, delays).named("path that delays, " + s.kind()));
            all.add(s.stage(world -> world.cut(world.nowNs + 3 * MS, world.nowNs + 500 * MS))
                .named("path that partitions, " + s.kind()));
        }
    }

    private static void options(final List<Scenario> all) {
        for (int mask = 0; mask < 8; mask++) {
            final boolean sack = (mask & 1) != 0;
            final boolean timestamps = (mask & 2) != 0;
            final boolean scaling = (mask & 4) != 0;
            final String name = "options, " + (sack ? "sack, " : "no sack, ") + (timestamps ? "timestamps, " : "no timestamps, ")
                + (scaling ? "window scale" : "no window scale");
            final Scenario s = Scenario.of(name).path(1_500, LOSSY).settings(config -> {
                config.tcp.sack = sack;
                config.tcp.timestamps = timestamps;
                config.tcp.windowScaling = scaling;
            }, NOTHING);
            all.add(s.named(name + ", upload").bytes(16_000, 0));
            all.add(s.named(name + ", download").bytes(0, 16_000));
        }
        all.add(Scenario.of("options, none, echo").service(Service.ECHO).bytes(16_000, 0).path(1_500, LOSSY)
            .settings(config -> {
                config.tcp.sack = false;
                config.tcp.timestamps = false;
                config.tcp.windowScaling = false;
            }, NOTHING));
        all.add(Scenario.of("options, paced, reno").bytes(10_000, 40_000).settings(config -> {
            config.tcp.pacing = true;
            config.tcp.congestion = "reno";
        }, NOTHING));
    }

    private static void windows(final List<Scenario> all) {
        final Consumer<StackConfig> small = config -> {
            config.tcp.receiveBufferBytes = 4_000;
            config.tcp.receiveBufferMaxBytes = 4_000;
            config.tcp.sendBufferBytes = 4_000;
        };
        final Pace slow = new Pace(1_000, 30 * MS);
        all.add(Scenario.of("zero window of the client").bytes(0, 15_000).paces(slow, Pace.NONE, Pace.NONE)
            .settings(NOTHING, small));
        all.add(Scenario.of("zero window of the server").bytes(15_000, 0).paces(Pace.NONE, slow, slow)
            .settings(small, NOTHING));
        all.add(Scenario.of("zero window, backup fast").bytes(15_000, 0).paces(Pace.NONE, slow, Pace.NONE)
            .settings(small, NOTHING));
        final Pace slower = new Pace(4_000, 1_500 * MS);
        all.add(Scenario.of("zero window of the client, probed").bytes(0, 15_000).paces(slower, Pace.NONE, Pace.NONE)
            .settings(NOTHING, small));
        all.add(Scenario.of("zero window of the server, probed").bytes(15_000, 0).paces(Pace.NONE, slower, slower)
            .settings(small, NOTHING));
        all.add(Scenario.of("window of small buffers").service(Service.ECHO).bytes(15_000, 0).settings(small, small));
        all.add(Scenario.of("window, backup slow").service(Service.ECHO).bytes(30_000, 0).paces(Pace.NONE, Pace.NONE,
            slow));
        all.add(Scenario.of("window, backup slow, small buffers").service(Service.ECHO).bytes(15_000, 0)
            .paces(Pace.NONE, Pace.NONE, slow).settings(small, NOTHING));
    }

    private static void closing(final List<Scenario> all) {
        all.add(Scenario.of("handshake").bytes(1, 1));
        all.add(Scenario.of("handshake, lossy path").bytes(1, 1).path(1_500, LOSSY));
        all.add(Scenario.of("handshake, nothing heard").bytes(1, 1).settings(config -> config.hearBytes(0), NOTHING));
        all.add(Scenario.of("handshake, first packets lost").bytes(1, 1).stage(world -> world.lose(new World.Loss() {
            private int left = 3;

            @Override
            public boolean loses(final int host, final byte[] packet) {
                return (packet[FLAGS_AT] & SYN) != 0 && left-- > 0;
            }
        })));
        all.add(Scenario.of("close, client first").bytes(500, 500).endings(Ending.FIRST, Ending.LAST));
        all.add(Scenario.of("close, server first").bytes(500, 500).endings(Ending.LAST, Ending.FIRST));
        all.add(Scenario.of("close, both").bytes(500, 500).endings(Ending.FIRST, Ending.FIRST));
        all.add(Scenario.of("close, half by client").bytes(500, 20_000).endings(Ending.FIRST, Ending.LAST));
        all.add(Scenario.of("close, half by server").bytes(20_000, 500).endings(Ending.LAST, Ending.FIRST));
        all.add(Scenario.of("close, half by server, reads shut").bytes(20_000, 500)
            .endings(Ending.LAST, Ending.READ_SHUT).paces(new Pace(2_000, 100 * MS), Pace.NONE, Pace.NONE));
        // The client says FIN again and again, to a server in TIME_WAIT.
        all.add(Scenario.of("time-wait").bytes(500, 500).endings(Ending.LAST, Ending.FIRST)
            .stage(world -> world.lose(new World.Loss() {
                private boolean finished;
                private int left = 5;

                @Override
                public boolean loses(final int host, final byte[] packet) {
                    finished |= host == 0 && (packet[FLAGS_AT] & FIN) != 0;
                    return host != 0 && finished && left-- > 0;
                }
            })));
        all.add(Scenario.of("close, lossy path").bytes(500, 500).endings(Ending.LAST, Ending.FIRST).path(1_500, LOSSY));
        all.add(Scenario.of("reset by unread data").bytes(5_000, 500).endings(Ending.LAST, Ending.UNREAD));
        // The new host resets at once, and does not know how far the client is.
        all.add(Scenario.of("reset by unread data, backup fast").bytes(5_000, 1_000).endings(Ending.LAST, Ending.UNREAD)
            .paces(Pace.NONE, new Pace(64, 20 * MS), Pace.NONE));
        all.add(Scenario.of("reset by server").bytes(500, 500).endings(Ending.LAST, Ending.RESET));
        all.add(Scenario.of("reset that waits for the log").bytes(5_000, 500).endings(Ending.LAST, Ending.UNREAD)
            .link(100 * MS, Integer.MAX_VALUE, 1 << 18));
        all.add(Scenario.of("reset by client").bytes(500, 500).endings(Ending.RESET, Ending.LAST));
    }

    private static void replication(final List<Scenario> all) {
        all.add(Scenario.of("log, no delay").service(Service.ECHO).bytes(16_000, 0).link(0, Integer.MAX_VALUE,
            1 << 18));
        all.add(Scenario.of("log slower than path").service(Service.ECHO).bytes(16_000, 0).link(5 * MS,
            Integer.MAX_VALUE, 1 << 18));
        all.add(Scenario.of("log much slower, lossy path").service(Service.ECHO).bytes(16_000, 0).path(1_500, LOSSY)
            .link(50 * MS, Integer.MAX_VALUE, 1 << 18));
        all.add(Scenario.of("log without room").bytes(120_000, 0).link(10 * MS, 1, 1 << 14));
        all.add(Scenario.of("log without room, echo").service(Service.ECHO).bytes(40_000, 0).link(10 * MS, 1, 1 << 14));
        all.add(Scenario.of("log without room, many").service(Service.ECHO).connections(24).bytes(1_500, 0)
            .link(10 * MS, 1, 1 << 14));
        all.add(Scenario.of("device without room").service(Service.ECHO).bytes(16_000, 0).hosts(2, 0, 128));
        all.add(Scenario.of("clock ahead").service(Service.ECHO).bytes(4_000, 0).hosts(Integer.MAX_VALUE,
            1_000_000 * MS, 128));
        all.add(Scenario.of("clock behind").service(Service.ECHO).bytes(4_000, 0).hosts(Integer.MAX_VALUE, -900 * MS,
            128));
    }

    private static void many(final List<Scenario> all) {
        all.add(Scenario.of("many, 64 at once").service(Service.COUNT).connections(64).bytes(100, 300)
            .endings(Ending.LAST, Ending.FIRST));
        all.add(Scenario.of("many, cookies").connections(4).bytes(100, 2_000).endings(Ending.LAST, Ending.FIRST)
            .hosts(Integer.MAX_VALUE, 500_000 * MS, 1));
        all.add(Scenario.of("many, cookies, no room").connections(3).bytes(63, 663).endings(Ending.LAST, Ending.FIRST)
            .paces(Pace.NONE, Pace.NONE, Pace.NONE).hosts(Integer.MAX_VALUE, 0, 0));
        all.add(Scenario.of("many, lossy path").service(Service.COUNT).connections(8).bytes(300, 300).path(1_500,
            LOSSY));
    }
}
