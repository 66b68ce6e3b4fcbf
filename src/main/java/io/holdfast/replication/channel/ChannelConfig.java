package io.holdfast.replication.channel;

import io.holdfast.counters.ChannelCounter;
import io.holdfast.counters.Counters;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How to reach the other hosts, one or more, and how to be reached. Fluent; checked by {@link #validate}, which
 * {@link Channels} calls: what is missing or impossible is an {@link IllegalArgumentException} that names the setting.
 */
public final class ChannelConfig {
    /** Of clusters and nodes: letters, digits, and {@code _ . -}. */
    public static final int MAX_NAME_LENGTH = 64;
    private static final String NAME = "[A-Za-z0-9_.-]{1," + MAX_NAME_LENGTH + "}";

    private static final String PEERS = "replication.peers";

    /** How the connections are protected. */
    public enum Security {
        /** TLS 1.3, both sides authenticated. */
        TLS,
        /** Nothing: whoever reaches the port can hijack every client. For tests. */
        PLAIN
    }

    private final Map<Path, InetSocketAddress> listen = new EnumMap<>(Path.class);
    private final Map<Path, InetSocketAddress> peer = new EnumMap<>(Path.class);
    private String cluster;
    private String node;
    private String peerNode;
    private final List<PeerAddress> others = new ArrayList<>();
    private Security security = Security.TLS;
    private java.nio.file.Path certificate;
    private java.nio.file.Path key;
    private java.nio.file.Path trust;
    private Counters counters = new Counters();
    private int dialEveryMs = 100;
    private int connectTimeoutMs = 200;
    private int helloTimeoutMs = 2_000;
    private int silenceMs = 1_000;
    private int socketBufferBytes = 4 << 20;
    /**
     * Where both hosts' replicators, a server and its clients share two processors, looking takes them from who has something to
     * do.
     */
    private long spinNs = Runtime.getRuntime().availableProcessors() > 2 ? 20_000 : 0;
    private boolean lifelines;

    /** Name that both hosts share and no other cluster has. */
    public ChannelConfig cluster(final String value) {
        cluster = value;
        return this;
    }

    /** This host's name; the hosts' names differ. */
    public ChannelConfig node(final String value) {
        node = value;
        return this;
    }

    /** The only name that the peer may have; null, the default, takes any but our own. */
    public ChannelConfig peerNode(final String value) {
        peerNode = value;
        return this;
    }

    /** Where a path listens; the kernel's address, never the stack's. It also dials from there. */
    public ChannelConfig listen(final Path path, final InetSocketAddress address) {
        listen.put(path, address);
        return this;
    }

    /** Adds one of several other hosts; in the place of {@link #peer} and {@link #peerNode}, which are enough for one. */
    public ChannelConfig other(final PeerAddress host) {
        others.add(host);
        return this;
    }

    /** Where the peer listens for a path. */
    public ChannelConfig peer(final Path path, final InetSocketAddress address) {
        peer.put(path, address);
        return this;
    }

    public ChannelConfig security(final Security value) {
        security = value;
        return this;
    }

    /** PEM file with this host's certificate, and its issuers' if there are any, in order. */
    public ChannelConfig certificate(final java.nio.file.Path file) {
        certificate = file;
        return this;
    }

    /** PEM file with the certificate's private key (PKCS#8, not encrypted). */
    public ChannelConfig key(final java.nio.file.Path file) {
        key = file;
        return this;
    }

    /** PEM file with the certificates that the peer's has to be, or to be issued by. */
    public ChannelConfig trust(final java.nio.file.Path file) {
        trust = file;
        return this;
    }

    /** Where {@link ChannelCounter}s are counted; a set of their own unless told otherwise. */
    public ChannelConfig counters(final Counters value) {
        counters = value;
        return this;
    }

    /** A path that is down is dialled this often; 100 ms unless told otherwise. */
    public ChannelConfig dialEveryMs(final int value) {
        dialEveryMs = value;
        return this;
    }

    /** How long the peer's kernel may take to answer; short, so that a link that was cut is not noticed late when it heals. */
    public ChannelConfig connectTimeoutMs(final int value) {
        connectTimeoutMs = value;
        return this;
    }

    /** How long TLS and the greeting may take. */
    public ChannelConfig helloTimeoutMs(final int value) {
        helloTimeoutMs = value;
        return this;
    }

    /**
     * A connection on which nothing arrives for this long is closed, and dialled anew: TCP itself would try for minutes, ever
     * more rarely. Keep-alives four times as often see to it that only a cut or a stopped peer is silent. 0 waits for ever.
     */
    public ChannelConfig silenceMs(final int value) {
        silenceMs = value;
        return this;
    }

    /** SO_SNDBUF and SO_RCVBUF, where the kernel grants so much; where not, its own sizing is left in place. */
    public ChannelConfig socketBufferBytes(final int value) {
        socketBufferBytes = value;
        return this;
    }

    /**
     * How long {@link Channels#poll} looks again and again before it sleeps, as long as that has been paying; unless told
     * otherwise 20 us, or nothing on a host of two processors or one. An idle path does without. 0 always sleeps at once.
     */
    public ChannelConfig spinNs(final long value) {
        spinNs = value;
        return this;
    }

    /**
     * Whether each side holds lifelines to the other, by which the death of its process is seen at once; off unless told
     * otherwise. A side that is told otherwise neither holds one nor expects one.
     */
    public ChannelConfig lifelines(final boolean on) {
        lifelines = on;
        return this;
    }

    String cluster() {
        return cluster;
    }

    String node() {
        return node;
    }

    /** Every other host, by its place. */
    List<PeerAddress> others() {
        return others.isEmpty() ? List.of(new PeerAddress(peerNode, peer.get(Path.REPLICATION), peer.get(Path.SERVICE))) : others;
    }

    /** null if the path is not configured. */
    InetSocketAddress listen(final Path path) {
        return listen.get(path);
    }

    boolean isTls() {
        return security == Security.TLS;
    }

    java.nio.file.Path certificate() {
        return certificate;
    }

    java.nio.file.Path key() {
        return key;
    }

    java.nio.file.Path trust() {
        return trust;
    }

    Counters counters() {
        return counters;
    }

    long dialEveryNs() {
        return dialEveryMs * 1_000_000L;
    }

    long connectTimeoutNs() {
        return connectTimeoutMs * 1_000_000L;
    }

    long helloTimeoutNs() {
        return helloTimeoutMs * 1_000_000L;
    }

    long silenceNs() {
        return silenceMs * 1_000_000L;
    }

    int socketBufferBytes() {
        return socketBufferBytes;
    }

    long spinNs() {
        return spinNs;
    }

    boolean lifelines() {
        return lifelines;
    }

    /**
     * @throws IllegalArgumentException naming the setting that is missing or impossible
     */
    public void validate() {
        name("replication.cluster", cluster);
        name("replication.node", node);
        if (peerNode != null) {
            name("the peer's node name", peerNode);
            require(!peerNode.equals(node), "replication.node", "the peer has the same name, '" + node + "'");
        }
        for (final Path path : Path.values()) {
            final boolean wanted = path == Path.REPLICATION || listen.containsKey(path)
                || others().stream().anyMatch(other -> other.address(path) != null);
            if (wanted) {
                address(path.listenSetting(), listen.get(path));
                for (final PeerAddress other : others()) {
                    peer(path, others.isEmpty() ? path.peerSetting() : PEERS, other.address(path));
                }
            }
        }
        final Set<String> names = new HashSet<>();
        for (final PeerAddress other : others) {
            name(PEERS, other.node());
            require(names.add(other.node()) && !other.node().equals(node), PEERS,
                "each host has a name of its own, '" + other.node() + "' has not");
        }
        require(security != null, "replication.security", "tls or plain");
        atLeast("the interval of dialling", dialEveryMs, 1);
        atLeast("the time to connect", connectTimeoutMs, 1);
        atLeast("the time to greet", helloTimeoutMs, 1);
        atLeast("the time of silence", silenceMs, 0);
        atLeast("the size of socket buffers", socketBufferBytes, 4 << 10);
        require(spinNs >= 0 && spinNs <= 1_000_000_000L, "the time of spinning", "0 to 1 s in ns: " + spinNs);
    }

    private void peer(final Path path, final String setting, final InetSocketAddress address) {
        address(setting, address);
        require(!address.getAddress().isAnyLocalAddress(), setting, "is no host's address: " + address);
        require(!listen.get(path).equals(address), setting, "is our own address, " + path.listenSetting());
    }

    private static void name(final String setting, final String value) {
        require(value != null, setting, "is missing");
        require(value.matches(NAME), setting,
            "1 to " + MAX_NAME_LENGTH + " letters, digits, and _ . -, not '" + value + "'");
    }

    private static void address(final String setting, final InetSocketAddress value) {
        require(value != null, setting, "is missing");
        require(!value.isUnresolved(), setting, "is not IP:PORT: " + value);
        require(value.getPort() != 0, setting, "has no port: " + value);
    }

    private static void atLeast(final String what, final int value, final int least) {
        require(value >= least, what, "at least " + least + ", not " + value);
    }

    private static void require(final boolean holds, final String setting, final String message) {
        if (!holds) {
            throw new IllegalArgumentException(setting + ": " + message);
        }
    }
}
