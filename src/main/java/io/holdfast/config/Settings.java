package io.holdfast.config;

import io.holdfast.ip.Presence;
import io.holdfast.link.LinkCapabilities;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * All keys, in the order in which the configuration is printed. A new key needs a line here, its field in {@link SettingFields},
 * and its meaning in {@code meanings.properties} of the tests, from which {@code src/docs/CONFIGURATION.md} is made. The table is
 * plain data: a pair of lambdas for each key would cost every start of a program under the agent tens of milliseconds.
 */
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

    /** Returns the setting of a key; null if there is no such key. */
    static Setting of(final String key) {
        return ALL.get(key);
    }

    static Iterable<Setting> all() {
        return ALL.values();
    }

    /** Returns whether a key begins with the name of a component. */
    static boolean isComponent(final String key) {
        return key.startsWith("link.") || key.startsWith("stack.") || key.startsWith("tcp.");
    }

    private static void link() {
        add(Setting.text("link.device", "an interface name"));
        number("link.mtu", LinkCapabilities.MIN_MTU, LinkCapabilities.MAX_MTU);
        add(Setting.text("link.mac", "an address like 02:00:00:00:00:01"));
        add(Setting.text("link.virtual_mac", "an address like 02:00:00:00:00:64, or nothing"));
        add(Setting.choice("link.presence", Presence.values()));
        add(Setting.choice("link.vnet_hdr", LinkSettings.Offload.values()));
        add(Setting.text("link.capture", "a path"));
    }

    private static void fault() {
        add(Setting.percent("link.fault.loss"));
        add(Setting.percent("link.fault.duplicate"));
        add(Setting.percent("link.fault.reorder"));
        add(Setting.percent("link.fault.corrupt"));
        add(Setting.milliseconds("link.fault.delay_ms"));
        add(Setting.milliseconds("link.fault.jitter_ms"));
        number("link.fault.rate", 0, Long.MAX_VALUE);
        number("link.fault.seed", Long.MIN_VALUE, Long.MAX_VALUE);
    }

    private static void stack() {
        add(Setting.text("stack.addresses", "IP addresses with commas between, like 10.77.0.100"));
        number("stack.prefix", 0, 128);
        add(Setting.text("stack.gateway", "an IP address, or nothing"));
        add(Setting.choice("stack.threading", StackConfig.Threading.values()));
        number("stack.memory_limit", 1 << 20, 1L << 40);
        number("stack.max_connections", 1, 1 << 24);
        number("stack.idle.spin_us", 0, 10_000);
        number("stack.idle.look_us", 50, 1_000_000);
        add(Setting.text("stack.counters_file", "a path, or nothing"));
        number("stack.hear_bytes", 0, MAX_BYTES);
        number("stack.hear_ms", 0, 60_000);
        add(Setting.flag("stack.address_probe"));
    }

    private static void tcp() {
        add(Setting.flag("tcp.delayed_ack"));
        number("tcp.initial_cwnd", 1, 1_000);
        number("tcp.receive_buffer", 2_304, MAX_BYTES);
        number("tcp.receive_buffer_max", 2_304, MAX_BYTES);
        number("tcp.send_buffer", 4_608, MAX_BYTES);
        number("tcp.send_buffer_max", 4_608, MAX_BYTES);
        add(Setting.flag("tcp.timestamps"));
        add(Setting.flag("tcp.sack"));
        add(Setting.flag("tcp.window_scaling"));
        add(Setting.text("tcp.congestion", "cubic or reno"));
        number("tcp.rto_min_ms", 1, 120_000);
        add(Setting.flag("tcp.slow_start_after_idle"));
        number("tcp.syn_retries", 0, 127);
        number("tcp.synack_retries", 0, 127);
        number("tcp.retries", 0, 255);
        number("tcp.orphan_retries", 0, 255);
        number("tcp.max_orphans", 0, Integer.MAX_VALUE);
        number("tcp.fin_timeout_ms", 0, MAX_MS);
        number("tcp.time_wait_ms", 0, MAX_MS);
        number("tcp.keepalive_time_ms", 1, MAX_MS);
        number("tcp.keepalive_interval_ms", 1, MAX_MS);
        number("tcp.keepalive_probes", 1, 255);
        add(Setting.flag("tcp.syn_cookies"));
        number("tcp.challenge_ack_limit", 0, 1_000_000);
        add(Setting.flag("tcp.pacing"));
        add(Setting.flag("tcp.black_hole_detection"));
        number("tcp.min_mss", 1, 65_495);
    }

    private static void number(final String key, final long min, final long max) {
        add(Setting.number(key, min, max));
    }

    private static void add(final Setting setting) {
        ALL.put(setting.key(), setting);
    }
}
