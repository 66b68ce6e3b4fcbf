package io.holdfast.config;

import io.holdfast.buffer.ChunkPool;
import io.holdfast.link.Link;
import io.holdfast.tcp.TcpConfig;
import io.holdfast.util.RandomSource;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.MacAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.TreeSet;

/**
 * Configuration of one stack, by component: fluent, concluded once, validated, printed at start. From code, or from a
 * properties file that system properties ({@code holdfast.*}) override; an unknown or impossible setting is an
 * {@link IllegalArgumentException} that names it.
 */
public final class StackConfig {
    /** Prefix of the system properties that override a file. */
    public static final String PROPERTY_PREFIX = "holdfast.";

    /** Threads that run the shard. */
    public enum Threading {
        /** The caller's thread only, through {@code invoke}; time is the caller's. For tests and simulation. */
        INVOKER,
        /** The thread that waits for data; the stack's own thread when no thread does. */
        BATON,
        /** The agent thread alone. */
        SHARED,
        /** Receiver and stack have a thread each. */
        DEDICATED
    }

    /** Prefixes of keys for components above, which report unknown keys themselves. */
    private static final List<String> OTHERS = List.of("replication.", "membership.", "agent.", "listen.", "connect.");

    public final TcpConfig tcp = new TcpConfig();
    public final LinkSettings link = new LinkSettings();
    private Threading threading = Threading.BATON;
    private Link givenLink;
    private final List<IpAddress> addresses = new ArrayList<>();
    private int prefixLength = 24;
    private IpAddress gateway;
    private RandomSource random;
    private long memoryLimitBytes = 1L << 30;
    private int maxConnections = 1 << 18;
    private long lookIntervalNs = 1_000_000;
    private long spinNs = 20_000;
    private Path countersFile;
    private boolean addressProbe;
    private int hearBytes = 8 << 20;
    private int hearMs = 300;
    private ChunkPool pool;

    /** Reads a properties file, then the system properties {@code holdfast.*} of the stack's components over it. */
    public static StackConfig load(final Path file) {
        final Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            properties.load(in);
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot read the configuration " + file, e);
        }
        final StackConfig config = new StackConfig();
        for (final String key : new TreeSet<>(properties.stringPropertyNames())) {
            if (!isOfOthers(key)) {
                config.set(key, properties.getProperty(key));
            }
        }
        return config.overriddenBySystemProperties();
    }

    private static boolean isOfOthers(final String key) {
        for (final String prefix : OTHERS) {
            if (key.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    /** Applies the system properties {@code holdfast.link.*}, {@code holdfast.stack.*} and {@code holdfast.tcp.*}. */
    public StackConfig overriddenBySystemProperties() {
        for (final String name : new TreeSet<>(System.getProperties().stringPropertyNames())) {
            if (name.startsWith(PROPERTY_PREFIX)) {
                final String key = name.substring(PROPERTY_PREFIX.length());
                if (Settings.isComponent(key)) {
                    set(key, System.getProperty(name));
                }
            }
        }
        return this;
    }

    /** Sets one key as a file would. */
    public StackConfig set(final String key, final String value) {
        final Setting setting = Settings.of(key);
        if (setting == null) {
            throw new IllegalArgumentException("unknown setting: " + key + " = " + value);
        }
        setting.apply(this, value);
        return this;
    }

    public StackConfig threading(final Threading value) {
        threading = value;
        return this;
    }

    public Threading threading() {
        return threading;
    }

    /** A link that exists already, instead of {@link #device}. */
    public StackConfig link(final Link value) {
        givenLink = value;
        return this;
    }

    /** The link that was given, or null: then {@link #link} says which device to open. */
    public Link givenLink() {
        return givenLink;
    }

    /** Name of the TAP device to attach to, or to create. */
    public StackConfig device(final String value) {
        link.device = value;
        return this;
    }

    /** An address the stack answers for; the first one is the default source. */
    public StackConfig address(final IpAddress value) {
        addresses.add(value);
        return this;
    }

    void clearAddresses() {
        addresses.clear();
    }

    public List<IpAddress> addresses() {
        return Collections.unmodifiableList(addresses);
    }

    public StackConfig prefixLength(final int value) {
        prefixLength = value;
        return this;
    }

    public int prefixLength() {
        return prefixLength;
    }

    /** Next hop of packets for other networks; null for none. */
    public StackConfig gateway(final IpAddress value) {
        gateway = value;
        return this;
    }

    public IpAddress gateway() {
        return gateway;
    }

    /** Source of secrets and initial numbers; the kernel's unless given. */
    public StackConfig random(final RandomSource value) {
        random = value;
        return this;
    }

    public RandomSource random() {
        if (random == null) {
            random = new KernelRandom();
        }
        return random;
    }

    /** Limit on all stream buffers together. */
    public StackConfig memoryLimit(final long bytes) {
        memoryLimitBytes = bytes;
        return this;
    }

    public long memoryLimitBytes() {
        return memoryLimitBytes;
    }

    /** Limit on connections, TIME-WAIT and half open ones included. */
    public StackConfig maxConnections(final int value) {
        maxConnections = value;
        return this;
    }

    public int maxConnections() {
        return maxConnections;
    }

    /** How often the agent looks whether anybody runs the shard, when there was activity. */
    public StackConfig lookIntervalNs(final long value) {
        lookIntervalNs = value;
        return this;
    }

    public long lookIntervalNs() {
        return lookIntervalNs;
    }

    /** Longest spin before a sleep, where spinning has been paying; 0 never spins. */
    public StackConfig spinNs(final long value) {
        spinNs = value;
        return this;
    }

    public long spinNs() {
        return spinNs;
    }

    /** File that carries the counters for other processes; null for none. */
    public StackConfig countersFile(final Path value) {
        countersFile = value;
        return this;
    }

    public Path countersFile() {
        return countersFile;
    }

    /** Probe for other users of the addresses before using them (RFC 5227); delays the start by seconds. */
    public StackConfig addressProbe(final boolean value) {
        addressProbe = value;
        return this;
    }

    public boolean addressProbe() {
        return addressProbe;
    }

    /** Bytes for frames heard while the addresses are held back, and handled when they are taken; 0 keeps none. */
    public StackConfig hearBytes(final int bytes) {
        hearBytes = bytes;
        return this;
    }

    public int hearBytes() {
        return hearBytes;
    }

    /** Time for which heard frames are kept; must be longer than the detection of a failure. 0 keeps none. */
    public StackConfig hearMs(final int milliseconds) {
        hearMs = milliseconds;
        return this;
    }

    public int hearMs() {
        return hearMs;
    }

    /** Memory of the stream buffers, one pool for the stack. */
    public ChunkPool pool() {
        if (pool == null) {
            pool = new ChunkPool(memoryLimitBytes);
        }
        return pool;
    }

    /**
     * Checks settings against each other.
     *
     * @throws IllegalArgumentException naming key, value and what is allowed
     */
    public StackConfig conclude() {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("stack.addresses is missing: give at least one IP address");
        }
        for (final IpAddress address : addresses) {
            if (!address.isV4()) {
                throw new IllegalArgumentException("stack.addresses = " + address + ": allowed are IPv4 addresses");
            }
        }
        if (prefixLength < 0 || prefixLength > 32) {
            throw new IllegalArgumentException("stack.prefix = " + prefixLength + ": allowed is 0 to 32 with IPv4");
        }
        atMost("tcp.receive_buffer", tcp.receiveBufferBytes, "tcp.receive_buffer_max", tcp.receiveBufferMaxBytes);
        atMost("tcp.send_buffer", tcp.sendBufferBytes, "tcp.send_buffer_max", tcp.sendBufferMaxBytes);
        if (memoryLimitBytes < ChunkPool.CHUNK_BYTES * 4L) {
            throw new IllegalArgumentException("stack.memory_limit = " + memoryLimitBytes + ": allowed is from "
                + ChunkPool.CHUNK_BYTES * 4L);
        }
        if (link.virtualMac != 0 && link.virtualMac == link.macAddress) {
            throw new IllegalArgumentException("link.virtual_mac = " + MacAddress.format(link.virtualMac)
                + ": allowed is another address than link.mac");
        }
        if (maxConnections < 1) {
            throw new IllegalArgumentException("stack.max_connections = " + maxConnections + ": allowed is from 1");
        }
        return this;
    }

    private static void atMost(final String key, final int value, final String limitKey, final int limit) {
        if (value > limit) {
            throw new IllegalArgumentException(key + " = " + value + ": allowed is at most " + limitKey + " = " + limit);
        }
    }

    /** Every setting, one a line, as a file would have it. */
    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder();
        for (final Setting setting : Settings.all()) {
            text.append(setting.key()).append(" = ").append(setting.show(this)).append('\n');
        }
        return text.toString();
    }
}
