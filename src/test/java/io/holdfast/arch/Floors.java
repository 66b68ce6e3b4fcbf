package io.holdfast.arch;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The floors of the building, as src/docs/decisions tells them. A package may use its own group and lower floors. */
final class Floors {
    static final String ROOT = "io.holdfast";

    /**
     * Packages that belong together on a floor.
     *
     * @param packages name below the root; sub-packages belong to it unless they are a group of their own
     * @param core     the deterministic core: no thread, clock, randomness, channel or log
     */
    record Group(int floor, String packages, boolean core) {
        String name() {
            return ROOT + "." + packages;
        }
    }

    static final List<Group> GROUPS = List.of(
        new Group(0, "util", true),
        new Group(1, "wire", true),
        new Group(1, "counters", true),
        new Group(1, "timer", true),
        new Group(1, "os", false),
        new Group(2, "buffer", true),
        new Group(2, "link", false),
        new Group(3, "ip", true),
        new Group(4, "icmp", true),
        new Group(4, "udp", true),
        new Group(4, "tcp", true),
        new Group(5, "config", false),
        new Group(5, "replay", false),
        new Group(6, "stack", false),
        new Group(7, "socket", false),
        new Group(7, "replication", false),
        new Group(8, "nio", false),
        new Group(8, "net", false),
        new Group(8, "membership", true),
        new Group(9, "failover", false),
        new Group(10, "ops", false),
        new Group(11, "app", false));

    /** Classes of core packages that are no part of the core: they map a file, once, for readers in other processes. */
    static final Set<String> CORE_EXCEPTIONS = Set.of("io.holdfast.counters.CountersFile");

    private Floors() {
    }

    static Optional<Group> of(final String packageName) {
        if (packageName.equals(ROOT)) {
            return Optional.empty();
        }
        return GROUPS.stream()
            .filter(group -> packageName.equals(group.name()) || packageName.startsWith(group.name() + "."))
            .findFirst();
    }

    static boolean mayUse(final Group user, final String usedPackage) {
        return of(usedPackage).map(used -> used.equals(user) || used.floor() < user.floor()).orElse(false);
    }
}
