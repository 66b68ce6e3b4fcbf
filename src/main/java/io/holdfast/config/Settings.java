package io.holdfast.config;

import io.holdfast.ip.Presence;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.tcp.TcpConfig;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.MacAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Every key there is, in the order in which the configuration is printed. */
final class Settings {
    private static final int MAX_BYTES = 1 << 30;
    private static final int MAX_MS = 86_400_000;
    private static final Map<String, Setting> ALL = new LinkedHashMap<>();

    static {
        link();
        fault();
        stack();
        tcp();
    }

    private Settings() {
    }

    /** null if there is no such key. */
    static Setting of(final String key) {
        return ALL.get(key);
    }

    static Iterable<Setting> all() {
        return ALL.values();
    }

    /** The components that keys begin with. */
    static boolean isComponent(final String key) {
        return key.startsWith("link.") || key.startsWith("stack.") || key.startsWith("tcp.");
    }

    private static void link() {
        add("link.device", "an interface name", (c, v) -> c.device(v), c -> c.link.device);
        number("link.mtu", LinkCapabilities.MIN_MTU, LinkCapabilities.MAX_MTU, (c, v) -> c.link.mtu = (int) v,
            c -> (long) c.link.mtu);
        add("link.mac", "an address like 02:00:00:00:00:01", (c, v) -> c.link.macAddress = parseMac(v),
            c -> c.link.macAddress == 0 ? "" : MacAddress.format(c.link.macAddress));
        add("link.virtual_mac", "an address like 02:00:00:00:00:64, or nothing",
            (c, v) -> c.link.virtualMac = v.isEmpty() ? 0 : parseMac(v),
            c -> c.link.virtualMac == 0 ? "" : MacAddress.format(c.link.virtualMac));
        choice("link.presence", Presence.class, (c, v) -> c.link.presence = v, c -> c.link.presence);
        choice("link.vnet_hdr", LinkSettings.Offload.class, (c, v) -> c.link.vnetHeader = v, c -> c.link.vnetHeader);
        add("link.capture", "a path", (c, v) -> c.link.capture = v.isEmpty() ? null : Path.of(v),
            c -> c.link.capture == null ? "" : c.link.capture);
    }

    private static void fault() {
        percent("link.fault.loss", (c, v) -> c.link.lossPercent = v, c -> c.link.lossPercent);
        percent("link.fault.duplicate", (c, v) -> c.link.duplicatePercent = v, c -> c.link.duplicatePercent);
        percent("link.fault.reorder", (c, v) -> c.link.reorderPercent = v, c -> c.link.reorderPercent);
        percent("link.fault.corrupt", (c, v) -> c.link.corruptPercent = v, c -> c.link.corruptPercent);
        milliseconds("link.fault.delay_ms", (c, v) -> c.link.delayMs = v, c -> c.link.delayMs);
        milliseconds("link.fault.jitter_ms", (c, v) -> c.link.jitterMs = v, c -> c.link.jitterMs);
        number("link.fault.rate", 0, Long.MAX_VALUE, (c, v) -> c.link.rateBitsPerSecond = v,
            c -> c.link.rateBitsPerSecond);
        number("link.fault.seed", Long.MIN_VALUE, Long.MAX_VALUE, (c, v) -> c.link.faultSeed = v, c -> c.link.faultSeed);
    }

    private static void stack() {
        add("stack.addresses", "IP addresses with commas between, like 10.77.0.100", (c, v) -> {
            c.clearAddresses();
            for (final String one : v.split(",")) {
                c.address(IpAddress.parse(one.trim()));
            }
        }, c -> c.addresses().stream().map(Object::toString).collect(Collectors.joining(",")));
        number("stack.prefix", 0, 128, (c, v) -> c.prefixLength((int) v), c -> (long) c.prefixLength());
        add("stack.gateway", "an IP address, or nothing", (c, v) -> c.gateway(v.isEmpty() ? null : IpAddress.parse(v)),
            c -> c.gateway() == null ? "" : c.gateway());
        choice("stack.threading", StackConfig.Threading.class, (c, v) -> c.threading(v), StackConfig::threading);
        number("stack.memory_limit", 1 << 20, 1L << 40, (c, v) -> c.memoryLimit(v), StackConfig::memoryLimitBytes);
        number("stack.max_connections", 1, 1 << 24, (c, v) -> c.maxConnections((int) v), c -> (long) c.maxConnections());
        number("stack.idle.spin_us", 0, 10_000, (c, v) -> c.spinNs(v * 1_000), c -> c.spinNs() / 1_000);
        number("stack.idle.look_us", 50, 1_000_000, (c, v) -> c.lookIntervalNs(v * 1_000), c -> c.lookIntervalNs() / 1_000);
        add("stack.counters_file", "a path, or nothing", (c, v) -> c.countersFile(v.isEmpty() ? null : Path.of(v)),
            c -> c.countersFile() == null ? "" : c.countersFile());
        number("stack.hear_bytes", 0, MAX_BYTES, (c, v) -> c.hearBytes((int) v), c -> (long) c.hearBytes());
        number("stack.hear_ms", 0, 60_000, (c, v) -> c.hearMs((int) v), c -> (long) c.hearMs());
        flag("stack.address_probe", (c, v) -> c.addressProbe(v), StackConfig::addressProbe);
    }

    private static void tcp() {
        flag("tcp.delayed_ack", (c, v) -> c.tcp.delayedAck = v, c -> c.tcp.delayedAck);
        tcp("tcp.initial_cwnd", 1, 1_000, (t, v) -> t.initialCwndSegments = v, t -> t.initialCwndSegments);
        tcp("tcp.receive_buffer", 2_304, MAX_BYTES, (t, v) -> t.receiveBufferBytes = v, t -> t.receiveBufferBytes);
        tcp("tcp.receive_buffer_max", 2_304, MAX_BYTES, (t, v) -> t.receiveBufferMaxBytes = v, t -> t.receiveBufferMaxBytes);
        tcp("tcp.send_buffer", 4_608, MAX_BYTES, (t, v) -> t.sendBufferBytes = v, t -> t.sendBufferBytes);
        tcp("tcp.send_buffer_max", 4_608, MAX_BYTES, (t, v) -> t.sendBufferMaxBytes = v, t -> t.sendBufferMaxBytes);
        flag("tcp.timestamps", (c, v) -> c.tcp.timestamps = v, c -> c.tcp.timestamps);
        flag("tcp.sack", (c, v) -> c.tcp.sack = v, c -> c.tcp.sack);
        flag("tcp.window_scaling", (c, v) -> c.tcp.windowScaling = v, c -> c.tcp.windowScaling);
        add("tcp.congestion", "cubic or reno", (c, v) -> {
            if (!v.equals("cubic") && !v.equals("reno")) {
                throw new IllegalArgumentException("unknown");
            }
            c.tcp.congestion = v;
        }, c -> c.tcp.congestion);
        tcp("tcp.rto_min_ms", 1, 120_000, (t, v) -> t.minRtoMs = v, t -> t.minRtoMs);
        flag("tcp.slow_start_after_idle", (c, v) -> c.tcp.slowStartAfterIdle = v, c -> c.tcp.slowStartAfterIdle);
        tcp("tcp.syn_retries", 0, 127, (t, v) -> t.synRetries = v, t -> t.synRetries);
        tcp("tcp.synack_retries", 0, 127, (t, v) -> t.synAckRetries = v, t -> t.synAckRetries);
        tcp("tcp.retries", 0, 255, (t, v) -> t.retries = v, t -> t.retries);
        tcp("tcp.orphan_retries", 0, 255, (t, v) -> t.orphanRetries = v, t -> t.orphanRetries);
        tcp("tcp.max_orphans", 0, Integer.MAX_VALUE, (t, v) -> t.maxOrphans = v, t -> t.maxOrphans);
        tcp("tcp.fin_timeout_ms", 0, MAX_MS, (t, v) -> t.finTimeoutMs = v, t -> t.finTimeoutMs);
        tcp("tcp.time_wait_ms", 0, MAX_MS, (t, v) -> t.timeWaitMs = v, t -> t.timeWaitMs);
        tcp("tcp.keepalive_time_ms", 1, MAX_MS, (t, v) -> t.keepAliveTimeMs = v, t -> t.keepAliveTimeMs);
        tcp("tcp.keepalive_interval_ms", 1, MAX_MS, (t, v) -> t.keepAliveIntervalMs = v, t -> t.keepAliveIntervalMs);
        tcp("tcp.keepalive_probes", 1, 255, (t, v) -> t.keepAliveProbes = v, t -> t.keepAliveProbes);
        flag("tcp.syn_cookies", (c, v) -> c.tcp.synCookies = v, c -> c.tcp.synCookies);
        tcp("tcp.challenge_ack_limit", 0, 1_000_000, (t, v) -> t.challengeAckLimit = v, t -> t.challengeAckLimit);
        flag("tcp.pacing", (c, v) -> c.tcp.pacing = v, c -> c.tcp.pacing);
        flag("tcp.black_hole_detection", (c, v) -> c.tcp.blackHoleDetection = v, c -> c.tcp.blackHoleDetection);
        tcp("tcp.min_mss", 1, 65_495, (t, v) -> t.minMss = v, t -> t.minMss);
    }

    private static long parseMac(final String text) {
        if (!text.matches("[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}")) {
            throw new IllegalArgumentException("not a MAC address");
        }
        final long mac = Long.parseLong(text.replace(":", ""), 16);
        if (MacAddress.isGroup(mac)) {
            throw new IllegalArgumentException("the address of a group");
        }
        return mac;
    }

    // --- kinds of settings ---

    private interface LongSetter {
        void set(StackConfig config, long value);
    }

    private interface DoubleSetter {
        void set(StackConfig config, double value);
    }

    private interface FlagSetter {
        void set(StackConfig config, boolean value);
    }

    private interface TcpSetter {
        void set(TcpConfig config, int value);
    }

    private static void add(final String key, final String allowed, final BiConsumer<StackConfig, String> set,
        final Function<StackConfig, Object> show) {
        ALL.put(key, new Setting(key, allowed, set, show));
    }

    private static void number(final String key, final long min, final long max, final LongSetter set,
        final Function<StackConfig, Long> show) {
        final String allowed = max == Long.MAX_VALUE ? "a whole number" + (min == 0 ? " from 0" : "")
            : "a whole number from " + min + " to " + max;
        add(key, allowed, (c, v) -> set.set(c, Setting.number(v, min, max)), show::apply);
    }

    private static void tcp(final String key, final int min, final int max, final TcpSetter set,
        final Function<TcpConfig, Integer> show) {
        add(key, "a whole number from " + min + " to " + max, (c, v) -> set.set(c.tcp, (int) Setting.number(v, min, max)),
            c -> show.apply(c.tcp));
    }

    private static void percent(final String key, final DoubleSetter set, final Function<StackConfig, Object> show) {
        add(key, "a percentage from 0 to 100", (c, v) -> set.set(c, Setting.decimal(v, 0, 100)), show);
    }

    private static void milliseconds(final String key, final DoubleSetter set, final Function<StackConfig, Object> show) {
        add(key, "milliseconds from 0 to 60000", (c, v) -> set.set(c, Setting.decimal(v, 0, 60_000)), show);
    }

    private static void flag(final String key, final FlagSetter set, final Function<StackConfig, Object> show) {
        add(key, "true or false", (c, v) -> set.set(c, Setting.flag(v)), show);
    }

    private static <E extends Enum<E>> void choice(final String key, final Class<E> type,
        final BiConsumer<StackConfig, E> set, final Function<StackConfig, Object> show) {
        final String allowed = "one of " + Arrays.stream(type.getEnumConstants())
            .map(e -> e.name().toLowerCase(Locale.ROOT)).collect(Collectors.joining(", "));
        add(key, allowed, (c, v) -> set.accept(c, Setting.choice(type, v)),
            c -> ((Enum<?>) show.apply(c)).name().toLowerCase(Locale.ROOT));
    }
}
