package io.holdfast.membership;

import io.holdfast.counters.Counters;
import io.holdfast.counters.MembershipCounter;
import io.holdfast.replication.channel.Path;
import io.holdfast.util.Deadline;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * How a node decides. Fluent; checked by {@link #validate}, which {@link Membership} calls. Times in milliseconds; both
 * nodes have the same ones.
 */
public final class MembershipConfig {
    /** What the leases leave for clocks that run unevenly and for the way to the device. */
    static final long LEASE_MARGIN_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long FNV_OFFSET = 0xCBF29CE484222325L;
    private static final long FNV_PRIME = 0x100000001B3L;

    private String cluster;
    private String node;
    private List<String> others = List.of("");
    private long incarnation;
    private boolean preferPrimary;
    private OnLoss onLoss = OnLoss.SOLO;
    private Set<Path> paths = EnumSet.allOf(Path.class);
    private Witness witness = Witness.TWO_PATHS;
    private Counters counters = new Counters();
    private long heartbeatNs = TimeUnit.MILLISECONDS.toNanos(10);
    private long detectNs = TimeUnit.MILLISECONDS.toNanos(100);
    private long leaseNs;
    private long soloNs = TimeUnit.MILLISECONDS.toNanos(100);
    private long claimNs = TimeUnit.MILLISECONDS.toNanos(20);
    private long startNs = TimeUnit.MILLISECONDS.toNanos(500);
    private long aloneNs = Deadline.NONE;
    private long handoverNs = TimeUnit.MILLISECONDS.toNanos(500);
    private long prepareNs = TimeUnit.MILLISECONDS.toNanos(1_000);
    private long lanNs;

    /** {@code replication.cluster}. */
    public MembershipConfig cluster(final String name) {
        cluster = name;
        return this;
    }

    /** {@code replication.node}; the two nodes' differ. */
    public MembershipConfig node(final String name) {
        node = name;
        return this;
    }

    /**
     * The other hosts' names, of any number of them; a host is known by its place here. Unless set there is one, whose name is
     * not known.
     */
    public MembershipConfig others(final List<String> names) {
        others = List.copyOf(names);
        return this;
    }

    /** Random, not 0, another one for every process: how a process is told from the one before it. */
    public MembershipConfig incarnation(final long random) {
        incarnation = random;
        return this;
    }

    /** {@code replication.prefer}: of two empty nodes the preferred one owns, and it starts even alone. */
    public MembershipConfig preferPrimary(final boolean on) {
        preferPrimary = on;
        return this;
    }

    /** {@code replication.on_loss}. */
    public MembershipConfig onLoss(final OnLoss policy) {
        onLoss = policy;
        return this;
    }

    /** The paths there are; both unless told otherwise. With one alone, its loss and the peer's are the same thing. */
    public MembershipConfig paths(final Set<Path> configured) {
        paths = EnumSet.copyOf(configured);
        return this;
    }

    public MembershipConfig witness(final Witness value) {
        witness = value;
        return this;
    }

    /** Where {@link MembershipCounter}s are counted; a set of their own unless told otherwise. */
    public MembershipConfig counters(final Counters value) {
        counters = value;
        return this;
    }

    /** {@code replication.heartbeat_ms}, 10. */
    public MembershipConfig heartbeatMs(final long value) {
        heartbeatNs = TimeUnit.MILLISECONDS.toNanos(value);
        return this;
    }

    /** {@code replication.detect_ms}, 100: silence on every path for so long is the peer's death. */
    public MembershipConfig detectMs(final long value) {
        detectNs = TimeUnit.MILLISECONDS.toNanos(value);
        return this;
    }

    /**
     * How long a primary may speak after it sent the last heartbeat that came back; detection less 20 ms if not set.
     */
    public MembershipConfig leaseMs(final long value) {
        leaseNs = TimeUnit.MILLISECONDS.toNanos(value);
        return this;
    }

    /** {@code replication.solo_ms}, 100: from the loss to going on alone. */
    public MembershipConfig soloMs(final long value) {
        soloNs = TimeUnit.MILLISECONDS.toNanos(value);
        return this;
    }

    /** How long a primary whose backup's process seems dead listens for a claim, 20. */
    public MembershipConfig claimMs(final long value) {
        claimNs = TimeUnit.MILLISECONDS.toNanos(value);
        return this;
    }

    /** How long a preferred node listens before it starts alone, 500. */
    public MembershipConfig startMs(final long value) {
        startNs = TimeUnit.MILLISECONDS.toNanos(value);
        return this;
    }

    /**
     * How long a node that may not lead at once has to hear the LAN, and not its peer, until it does: a primary goes on alone
     * although it had lost the LAN or had slept, a node whose state is not complete starts from nothing. Far longer than paths
     * take to come up again, on which the peer would be heard. For ever unless set.
     */
    public MembershipConfig aloneMs(final long value) {
        aloneNs = TimeUnit.MILLISECONDS.toNanos(value);
        return this;
    }

    /** So long a planned switchover waits, serving, for the backup's servers to come near the primary's, 1000; 0: not at all. */
    public MembershipConfig prepareMs(final long value) {
        prepareNs = TimeUnit.MILLISECONDS.toNanos(value);
        return this;
    }

    /** What a planned switchover may take after that, 500. */
    public MembershipConfig handoverMs(final long value) {
        handoverNs = TimeUnit.MILLISECONDS.toNanos(value);
        return this;
    }

    /**
     * After how long without a sign of {@link Membership#onLan} the LAN counts as cut; 0, the default: nobody gives such
     * signs. Who gives them sees to it, by probing, that they come three times in that time when no client speaks.
     */
    public MembershipConfig lanMs(final long value) {
        lanNs = TimeUnit.MILLISECONDS.toNanos(value);
        return this;
    }

    /**
     * @throws IllegalArgumentException naming what is missing or impossible
     */
    public void validate() {
        require(cluster != null && !cluster.isEmpty(), "replication.cluster is missing");
        require(node != null && !node.isEmpty(), "replication.node is missing");
        require(!others.isEmpty() && !others.contains(node) && new HashSet<>(others).size() == others.size(),
            "the other hosts: at least one, each with a name of its own");
        require(others.size() == 1 || !witness.isThirdParty(), "replication.witness: with two hosts only");
        require(incarnation != 0, "an incarnation is not 0");
        require(paths.contains(Path.REPLICATION), "there is no replication path");
        require(heartbeatNs > 0, "replication.heartbeat_ms: at least 1");
        require(detectNs >= 4 * heartbeatNs && detectNs > LEASE_MARGIN_NS,
            "replication.detect_ms: at least four heartbeats, and more than 20");
        require(leaseNs(detectNs) > heartbeatNs && leaseNs(detectNs) < detectNs,
            "the lease: more than a heartbeat, less than detect_ms");
        require(soloNs >= detectNs / 2, "replication.solo_ms: at least half of detect_ms, so that a backup that hears "
            + "nothing has decided before its primary does");
        require(claimNs >= 0 && startNs > detectNs && handoverNs > 0 && prepareNs >= 0,
            "the times to start are longer than detect_ms, the others are not negative");
        require(aloneNs >= 4 * (detectNs + soloNs), "membership.alone_ms: at least four times detect_ms and solo_ms together");
        require(!witness.isThirdParty() || aloneNs != Deadline.NONE, "a third party needs membership.alone_ms");
        require(lanNs >= 0 && lanNs < detectNs, "lan_ms: less than detect_ms");
    }

    String node() {
        return node;
    }

    List<String> others() {
        return others;
    }

    /** This host's place among all, by name. */
    int rank() {
        return (int) others.stream().filter(name -> name.compareTo(node) < 0).count();
    }

    long clusterId() {
        return hash(cluster);
    }

    long nodeId() {
        return hash(node);
    }

    long incarnation() {
        return incarnation;
    }

    public boolean preferPrimary() {
        return preferPrimary;
    }

    public OnLoss onLoss() {
        return onLoss;
    }

    Set<Path> paths() {
        return paths;
    }

    Witness witness() {
        return witness;
    }

    Counters counters() {
        return counters;
    }

    public long heartbeatNs() {
        return heartbeatNs;
    }

    public long detectNs() {
        return detectNs;
    }

    /** The primary's lease where its backup takes over after such a silence. */
    long leaseNs(final long silenceNs) {
        return leaseNs != 0 ? leaseNs : silenceNs - LEASE_MARGIN_NS;
    }

    /** The backup's lease: its primary goes solo on silence no earlier than after such a silence and the solo time. */
    long candidacyNs(final long silenceNs) {
        return silenceNs + soloNs - LEASE_MARGIN_NS;
    }

    public long soloNs() {
        return soloNs;
    }

    public long claimNs() {
        return claimNs;
    }

    /** {@link #aloneMs}; {@link Deadline#NONE} for ever. */
    public long aloneNs() {
        return aloneNs;
    }

    public long startNs() {
        return startNs;
    }

    public long prepareNs() {
        return prepareNs;
    }

    public long handoverNs() {
        return handoverNs;
    }

    public long lanNs() {
        return lanNs;
    }

    /** FNV-1a, 64 bits: names are told apart, not protected; the channel authenticates. */
    static long hash(final String name) {
        long hash = FNV_OFFSET;
        for (final byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b & 0xFF) * FNV_PRIME;
        }
        return hash;
    }

    private static void require(final boolean holds, final String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
