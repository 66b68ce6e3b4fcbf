package io.holdfast.failover;

import io.holdfast.failover.witness.Register;
import io.holdfast.failover.witness.Registers;
import io.holdfast.membership.MembershipConfig;
import io.holdfast.membership.OnLoss;
import io.holdfast.replication.ReplicationMode;
import io.holdfast.replication.ReplicationOrder;
import io.holdfast.replication.channel.ChannelConfig;
import io.holdfast.replication.channel.Path;
import io.holdfast.replication.channel.PeerAddress;
import io.holdfast.replication.log.HistoryLimits;
import io.holdfast.wire.IpAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * The keys {@code replication.*} of a configuration: what a host is in its cluster, and how it reaches the others. A system
 * property {@code holdfast.KEY} overrides its key. An unknown or impossible setting is an {@code IllegalArgumentException} that
 * names it.
 */
public final class NodeConfig {
    private static final String PREFIX = "replication.";
    private static final String MEMBERSHIP_PREFIX = "membership.";
    /** The keys under that prefix. */
    private static final Set<String> MEMBERSHIP = Set.of("lan_ms", "lan_targets", "alone_ms");
    private static final String PROPERTY_PREFIX = "holdfast.";
    private static final long VIRTUAL_MAC = 0x02_48_46_00_00_00L;
    private static final int MAX_MS = 3_600_000;
    private static final int LAN_PERCENT = 90;
    private static final long ALONE_MS = 5_000;
    /** The least that it may be, in decisions. */
    private static final long ALONE_DECISIONS = 4;
    /** How long a preferred node listens before it starts alone, at least. */
    private static final long START_MS = 500;
    /** Every key with its default; null where there is none. In the order in which they are printed. */
    private static final Map<String, String> DEFAULTS = new LinkedHashMap<>();

    static {
        DEFAULTS.put("mode", "off");
        DEFAULTS.put("order", "causal");
        DEFAULTS.put("cluster", "holdfast");
        DEFAULTS.put("node", null);
        DEFAULTS.put("prefer", "backup");
        DEFAULTS.put("listen", null);
        DEFAULTS.put("peer", null);
        DEFAULTS.put("service_listen", null);
        DEFAULTS.put("service_peer", null);
        DEFAULTS.put("peers", "");
        DEFAULTS.put("security", "tls");
        DEFAULTS.put("certificate", null);
        DEFAULTS.put("key", null);
        DEFAULTS.put("trust", null);
        DEFAULTS.put("heartbeat_ms", "10");
        DEFAULTS.put("detect_ms", "100");
        DEFAULTS.put("solo_ms", "100");
        DEFAULTS.put("stuck_ms", "1000");
        DEFAULTS.put("on_loss", null);
        DEFAULTS.put("lan_ms", null);
        DEFAULTS.put("lan_targets", "");
        DEFAULTS.put("alone_ms", null);
        DEFAULTS.put("witness", "");
        DEFAULTS.put("witness_path", "");
        DEFAULTS.put("lifeline", "on");
        DEFAULTS.put("history", "live");
        DEFAULTS.put("history_memory", Long.toString(HistoryLimits.DEFAULT_MEMORY_BYTES));
        DEFAULTS.put("history_limit", Long.toString(HistoryLimits.DEFAULT_LIMIT_BYTES));
        DEFAULTS.put("history_dir", null);
        DEFAULTS.put("choices", "clock,random,waits");
        DEFAULTS.put("choices.methods", "");
    }

    private final Map<String, String> values = new LinkedHashMap<>(DEFAULTS);

    /** Reads the keys of replication from a properties file; the stack's own are passed over. */
    public static NodeConfig load(final java.nio.file.Path file) {
        final Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            properties.load(in);
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot read the configuration " + file, e);
        }
        final NodeConfig config = new NodeConfig();
        for (final String name : new TreeSet<>(properties.stringPropertyNames())) {
            if (name.startsWith(PREFIX) || name.startsWith(MEMBERSHIP_PREFIX)) {
                config.set(name, properties.getProperty(name));
            }
        }
        for (final String name : new TreeSet<>(System.getProperties().stringPropertyNames())) {
            if (name.startsWith(PROPERTY_PREFIX + PREFIX) || name.startsWith(PROPERTY_PREFIX + MEMBERSHIP_PREFIX)) {
                config.set(name.substring(PROPERTY_PREFIX.length()), System.getProperty(name));
            }
        }
        return config;
    }

    /** Sets one key as a file would. */
    public NodeConfig set(final String name, final String value) {
        final String key = name.substring(name.indexOf('.') + 1);
        if (!DEFAULTS.containsKey(key) || !name(key).equals(name)) {
            throw new IllegalArgumentException("unknown setting: " + name + " = " + value);
        }
        values.put(key, value.isBlank() ? DEFAULTS.get(key) : value.trim());
        return this;
    }

    private static String name(final String key) {
        return (MEMBERSHIP.contains(key) ? MEMBERSHIP_PREFIX : PREFIX) + key;
    }

    public String cluster() {
        return values.get("cluster");
    }

    public String node() {
        return required("node");
    }

    /** Where the other host is: on the replication path; of several, the one at that place. */
    String peerAddress(final int host) {
        if (!isMany()) {
            return required("peer");
        }
        final PeerAddress peer = peers().get(host);
        return peer.node() + " at " + peer.replication().getAddress().getHostAddress() + ":" + peer.replication().getPort();
    }

    private boolean isMany() {
        return !values.get("peers").isEmpty();
    }

    /** The other hosts, where {@code replication.peers} names them. */
    private List<PeerAddress> peers() {
        for (final String one : List.of("peer", "service_peer")) {
            if (values.get(one) != null) {
                throw bad(one, "nothing beside replication.peers");
            }
        }
        try {
            final List<PeerAddress> peers = PeerList.parse(values.get("peers"));
            final boolean service = values.get("service_listen") != null;
            if (peers.stream().anyMatch(peer -> peer.service() != null != service)) {
                throw bad("peers", PeerList.FORM + "; the second address for all, with replication.service_listen, or for none");
            }
            return peers;
        } catch (final IllegalArgumentException e) {
            throw bad("peers", PeerList.FORM);
        }
    }

    public ReplicationMode mode() {
        return choice("mode", ReplicationMode.class);
    }

    /** In which order a backup's program learns what the primary's learned. */
    public ReplicationOrder order() {
        return choice("order", ReplicationOrder.class);
    }

    /** Which of the server's own choices the backup follows: of {@code clock}, {@code random}, {@code waits}. */
    public String choices() {
        return values.get("choices");
    }

    public boolean preferPrimary() {
        final String value = values.get("prefer");
        if (!value.equals("primary") && !value.equals("backup")) {
            throw bad("prefer", "primary or backup");
        }
        return value.equals("primary");
    }

    /** The MAC address that whoever leads answers for: of the cluster's name, locally administered. */
    long virtualMac() {
        return VIRTUAL_MAC | values.get("cluster").hashCode() & 0xFF_FFFFL;
    }

    ChannelConfig channels() {
        final ChannelConfig.Security security = choice("security", ChannelConfig.Security.class);
        final ChannelConfig config = new ChannelConfig().cluster(values.get("cluster")).node(required("node"))
            .security(security).lifelines(lifelines()).listen(Path.REPLICATION, address("listen"));
        if (hasServicePath()) {
            config.listen(Path.SERVICE, address("service_listen"));
        }
        if (isMany()) {
            peers().forEach(config::other);
        } else {
            config.peer(Path.REPLICATION, address("peer"));
            if (hasServicePath()) {
                config.peer(Path.SERVICE, address("service_peer"));
            }
        }
        if (security == ChannelConfig.Security.TLS) {
            config.certificate(file("certificate")).key(file("key")).trust(file("trust"));
        }
        return config;
    }

    private boolean lifelines() {
        final String value = values.get("lifeline");
        if (!value.equals("on") && !value.equals("off")) {
            throw bad("lifeline", "on or off");
        }
        return value.equals("on");
    }

    boolean hasServicePath() {
        return values.get("service_listen") != null || values.get("service_peer") != null;
    }

    MembershipConfig membership() {
        final long detectMs = milliseconds("detect_ms");
        final MembershipConfig config = new MembershipConfig().cluster(values.get("cluster")).node(required("node"))
            .preferPrimary(preferPrimary()).onLoss(onLoss()).lanMs(TimeUnit.NANOSECONDS.toMillis(lanNs())).aloneMs(aloneMs())
            .heartbeatMs(milliseconds("heartbeat_ms")).detectMs(detectMs).startMs(Math.max(START_MS, 2 * detectMs))
            .soloMs(milliseconds("solo_ms"))
            .paths(hasServicePath() ? java.util.EnumSet.allOf(Path.class) : java.util.EnumSet.of(Path.REPLICATION));
        return isMany() ? config.others(peers().stream().map(PeerAddress::node).toList()) : config;
    }

    /** How long a connection's server may stand still where it has something to do, before the connection counts as stuck. */
    long stuckNs() {
        return 1_000_000 * milliseconds("stuck_ms");
    }

    /** Whether what closed connections did is kept for servers that start later. */
    boolean keepClosed() {
        final String value = values.get("history");
        if (!value.equals("live") && !value.equals("full")) {
            throw bad("history", "live or full");
        }
        if (value.equals("full") && mode() == ReplicationMode.RESUME) {
            throw bad("history", "live: in mode resume no server reads a connection again");
        }
        return value.equals("full");
    }

    /** Without signs of the LAN a service must not be dead for ever because a backup is; nor may one cut make two owners. */
    private OnLoss onLoss() {
        if (values.get("on_loss") != null) {
            return choice("on_loss", OnLoss.class);
        }
        if (lanNs() != 0) {
            return OnLoss.SOLO;
        }
        if (!hasServicePath()) {
            throw new IllegalArgumentException("replication.on_loss is missing: with membership.lan_ms = 0 and no "
                + "replication.service_listen nothing tells a dead backup from a cut link");
        }
        return OnLoss.SOLO_ON_SILENCE;
    }

    /** Opens the third party; null if none is named. */
    Register register() {
        final String name = values.get("witness");
        if (!name.isEmpty() && isMany() && peers().size() > 1) {
            throw bad("witness", "none with more than two hosts, yet");
        }
        // A third of the time for which a record counts is left for another way to be found, and for the next write.
        return name.isEmpty() ? null : Registers.open(name, values.get("witness_path"), cluster(), Duration.ofMillis(2 * aloneMs() / 3));
    }

    long aloneNs() {
        return TimeUnit.MILLISECONDS.toNanos(aloneMs());
    }

    String witness() {
        return values.get("witness");
    }

    private long aloneMs() {
        return values.get("alone_ms") != null ? milliseconds("alone_ms")
            : Math.max(ALONE_MS, ALONE_DECISIONS * (milliseconds("detect_ms") + milliseconds("solo_ms")));
    }

    /** After how long without a sign the clients' LAN counts as lost; 0: nobody looks for signs. */
    long lanNs() {
        final long ms = values.get("lan_ms") == null ? milliseconds("detect_ms") * LAN_PERCENT / 100 : number("lan_ms");
        if (ms < 0 || ms > MAX_MS) {
            throw bad("lan_ms", "0 to " + MAX_MS);
        }
        return TimeUnit.MILLISECONDS.toNanos(ms);
    }

    /** Whom alone to ask for signs of the LAN; empty: whoever is there. */
    List<IpAddress> lanTargets() {
        final List<IpAddress> all = new ArrayList<>();
        for (final String target : values.get("lan_targets").split(",")) {
            if (!target.isBlank()) {
                all.add(lanTarget(target.trim()));
            }
        }
        return all;
    }

    private IpAddress lanTarget(final String target) {
        try {
            final IpAddress address = IpAddress.parse(target);
            if (address.isV4()) {
                return address;
            }
        } catch (final IllegalArgumentException e) {
            throw bad("lan_targets", "IPv4 addresses on the clients' LAN, with commas between");
        }
        throw bad("lan_targets", "IPv4 addresses on the clients' LAN, with commas between");
    }

    /** Who else is on the LAN, as this configuration tells: the other hosts. */
    List<IpAddress> lanNeighbors() {
        if (isMany()) {
            return peers().stream().filter(peer -> peer.service() != null).map(peer -> peer.service().getAddress())
                .filter(Inet4Address.class::isInstance).map(IpAddress::of).toList();
        }
        if (values.get("service_peer") == null) {
            return List.of();
        }
        final InetAddress peer = address("service_peer").getAddress();
        return peer instanceof Inet4Address ? List.of(IpAddress.of(peer)) : List.of();
    }

    HistoryLimits history() {
        // Without a place on disk the history of a long upload ends with memory, and its connection's protection with it.
        final String directory = values.get("history_dir") != null ? values.get("history_dir")
            : System.getProperty("java.io.tmpdir") + "/holdfast-history-" + values.get("cluster") + "-" + required("node");
        return new HistoryLimits(values.get("cluster"), HistoryLimits.DEFAULT_SEGMENT_BYTES, number("history_memory"),
            number("history_limit"), java.nio.file.Path.of(directory));
    }

    /** Every setting, one a line, as a file would have it. */
    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder();
        values.forEach((key, value) -> text.append(name(key)).append(" = ").append(value == null ? "" : value)
            .append('\n'));
        return text.toString();
    }

    // --- kinds of values ---

    private IllegalArgumentException bad(final String key, final String allowed) {
        return new IllegalArgumentException(name(key) + " = " + values.get(key) + ": allowed is " + allowed);
    }

    private String required(final String key) {
        final String value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException(name(key) + " is missing");
        }
        return value;
    }

    private java.nio.file.Path file(final String key) {
        return java.nio.file.Path.of(required(key));
    }

    private long number(final String key) {
        try {
            return Long.parseLong(values.get(key));
        } catch (final NumberFormatException e) {
            throw bad(key, "a whole number");
        }
    }

    private long milliseconds(final String key) {
        final long value = number(key);
        if (value < 1 || value > MAX_MS) {
            throw bad(key, "1 to " + MAX_MS);
        }
        return value;
    }

    private <E extends Enum<E>> E choice(final String key, final Class<E> type) {
        for (final E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(values.get(key))) {
                return constant;
            }
        }
        final StringBuilder allowed = new StringBuilder("one of");
        for (final E constant : type.getEnumConstants()) {
            allowed.append(' ').append(constant.name().toLowerCase(Locale.ROOT));
        }
        throw bad(key, allowed.toString());
    }

    private InetSocketAddress address(final String key) {
        try {
            return PeerList.address(required(key));
        } catch (final IllegalArgumentException e) {
            throw values.get(key) == null ? e : bad(key, "IP:PORT");
        }
    }
}
