package io.holdfast.sim;

import io.holdfast.sim.Scenario.Service;
import io.holdfast.sim.Talk.Ending;
import java.util.ArrayList;
import java.util.List;

/** Scenarios that are small enough to die at every one of their events. */
final class Scenarios {
    private static final long MS = 1_000_000L;

    private Scenarios() {
    }

    static List<Scenario> small() {
        final List<Scenario> all = new ArrayList<>();
        all.add(Scenario.of("upload").bytes(40_000, 0));
        all.add(Scenario.of("download").bytes(0, 60_000));
        all.add(Scenario.of("both").bytes(20_000, 30_000));
        all.add(Scenario.of("echo").service(Service.ECHO).bytes(20_000, 0));
        all.add(Scenario.of("request").service(Service.REQUEST).bytes(2_000, 0).paces(new Pace(300, 3 * MS), Pace.NONE, Pace.NONE));
        all.add(Scenario.of("relay").service(Service.RELAY).connections(2).bytes(10_000, 0));
        all.add(Scenario.of("idle").service(Service.ECHO).bytes(4_000, 0).pause(180_000 * MS));
        all.add(Scenario.of("handshake").bytes(1, 1));
        all.add(Scenario.of("close-client-first").bytes(500, 500).endings(Ending.FIRST, Ending.LAST));
        all.add(Scenario.of("close-server-first").bytes(500, 500).endings(Ending.LAST, Ending.FIRST));
        all.add(Scenario.of("close-half").bytes(500, 20_000).endings(Ending.FIRST, Ending.LAST));
        all.add(Scenario.of("close-unread").bytes(5_000, 500).endings(Ending.LAST, Ending.UNREAD));
        all.add(Scenario.of("close-reset").bytes(500, 500).endings(Ending.LAST, Ending.RESET));
        all.add(Scenario.of("close-client-resets").bytes(500, 500).endings(Ending.RESET, Ending.LAST));
        return all;
    }
}
