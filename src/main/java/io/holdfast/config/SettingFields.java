package io.holdfast.config;

import io.holdfast.ip.Presence;
import io.holdfast.tcp.TcpConfig;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.MacAddress;
import java.nio.file.Path;

/**
 * Maps each key of {@link Settings} to its field, for reading and writing, by kind of value. Values are already within limits.
 */
final class SettingFields {
    private static final int MAC_TEXT_CHARS = 17;
    private static final int HEX = 16;

    private SettingFields() {
    }

    // --- text ---

    static void set(final StackConfig config, final String key, final String value) {
        final LinkSettings link = config.link;
        switch (key) {
            case "link.device" -> link.device = value;
            case "link.mac" -> link.macAddress = parseMac(value);
            case "link.virtual_mac" -> link.virtualMac = value.isEmpty() ? 0 : parseMac(value);
            case "link.presence" -> link.presence = Setting.choice(Presence.class, value);
            case "link.vnet_hdr" -> link.vnetHeader = Setting.choice(LinkSettings.Offload.class, value);
            case "link.capture" -> link.capture = path(value);
            case "stack.addresses" -> {
                config.clearAddresses();
                for (final String one : value.split(",")) {
                    config.address(IpAddress.parse(one.trim()));
                }
            }
            case "stack.gateway" -> config.gateway(value.isEmpty() ? null : IpAddress.parse(value));
            case "stack.threading" -> config.threading(Setting.choice(StackConfig.Threading.class, value));
            case "stack.counters_file" -> config.countersFile(path(value));
            case "tcp.congestion" -> {
                if (!value.equals("cubic") && !value.equals("reno")) {
                    throw new IllegalArgumentException("unknown");
                }
                config.tcp.congestion = value;
            }
            default -> throw none(key);
        }
    }

    static String text(final StackConfig config, final String key) {
        final LinkSettings link = config.link;
        return switch (key) {
            case "link.device" -> link.device;
            case "link.mac" -> mac(link.macAddress);
            case "link.virtual_mac" -> mac(link.virtualMac);
            case "link.presence" -> Setting.lower(link.presence);
            case "link.vnet_hdr" -> Setting.lower(link.vnetHeader);
            case "link.capture" -> orNothing(link.capture);
            case "stack.addresses" -> addresses(config);
            case "stack.gateway" -> orNothing(config.gateway());
            case "stack.threading" -> Setting.lower(config.threading());
            case "stack.counters_file" -> orNothing(config.countersFile());
            case "tcp.congestion" -> config.tcp.congestion;
            default -> throw none(key);
        };
    }

    private static String orNothing(final Object value) {
        return value == null ? "" : value.toString();
    }

    private static Path path(final String value) {
        return value.isEmpty() ? null : Path.of(value);
    }

    private static String addresses(final StackConfig config) {
        final StringBuilder text = new StringBuilder();
        for (final IpAddress address : config.addresses()) {
            text.append(text.length() == 0 ? "" : ",").append(address);
        }
        return text.toString();
    }

    private static String mac(final long address) {
        return address == 0 ? "" : MacAddress.format(address);
    }

    private static long parseMac(final String text) {
        long mac = 0;
        for (int i = 0; i < text.length(); i++) {
            if (i % 3 == 2) {
                if (text.charAt(i) != ':') {
                    throw new IllegalArgumentException("not a MAC address");
                }
            } else {
                final int digit = Character.digit(text.charAt(i), HEX);
                if (digit < 0 || text.charAt(i) > 'f') {
                    throw new IllegalArgumentException("not a MAC address");
                }
                mac = mac << 4 | digit;
            }
        }
        if (text.length() != MAC_TEXT_CHARS) {
            throw new IllegalArgumentException("not a MAC address");
        }
        if (MacAddress.isGroup(mac)) {
            throw new IllegalArgumentException("the address of a group");
        }
        return mac;
    }

    // --- whole numbers ---

    static void set(final StackConfig config, final String key, final long value) {
        final int small = (int) value;
        final TcpConfig tcp = config.tcp;
        switch (key) {
            case "link.mtu" -> config.link.mtu = small;
            case "link.fault.rate" -> config.link.rateBitsPerSecond = value;
            case "link.fault.seed" -> config.link.faultSeed = value;
            case "stack.prefix" -> config.prefixLength(small);
            case "stack.memory_limit" -> config.memoryLimit(value);
            case "stack.max_connections" -> config.maxConnections(small);
            case "stack.idle.spin_us" -> config.spinNs(value * 1_000);
            case "stack.idle.look_us" -> config.lookIntervalNs(value * 1_000);
            case "stack.hear_bytes" -> config.hearBytes(small);
            case "stack.hear_ms" -> config.hearMs(small);
            case "tcp.initial_cwnd" -> tcp.initialCwndSegments = small;
            case "tcp.receive_buffer" -> tcp.receiveBufferBytes = small;
            case "tcp.receive_buffer_max" -> tcp.receiveBufferMaxBytes = small;
            case "tcp.send_buffer" -> tcp.sendBufferBytes = small;
            case "tcp.send_buffer_max" -> tcp.sendBufferMaxBytes = small;
            case "tcp.rto_min_ms" -> tcp.minRtoMs = small;
            case "tcp.syn_retries" -> tcp.synRetries = small;
            case "tcp.synack_retries" -> tcp.synAckRetries = small;
            case "tcp.retries" -> tcp.retries = small;
            case "tcp.orphan_retries" -> tcp.orphanRetries = small;
            case "tcp.max_orphans" -> tcp.maxOrphans = small;
            case "tcp.fin_timeout_ms" -> tcp.finTimeoutMs = small;
            case "tcp.time_wait_ms" -> tcp.timeWaitMs = small;
            case "tcp.keepalive_time_ms" -> tcp.keepAliveTimeMs = small;
            case "tcp.keepalive_interval_ms" -> tcp.keepAliveIntervalMs = small;
            case "tcp.keepalive_probes" -> tcp.keepAliveProbes = small;
            case "tcp.challenge_ack_limit" -> tcp.challengeAckLimit = small;
            case "tcp.min_mss" -> tcp.minMss = small;
            default -> throw none(key);
        }
    }

    static long number(final StackConfig config, final String key) {
        final TcpConfig tcp = config.tcp;
        return switch (key) {
            case "link.mtu" -> config.link.mtu;
            case "link.fault.rate" -> config.link.rateBitsPerSecond;
            case "link.fault.seed" -> config.link.faultSeed;
            case "stack.prefix" -> config.prefixLength();
            case "stack.memory_limit" -> config.memoryLimitBytes();
            case "stack.max_connections" -> config.maxConnections();
            case "stack.idle.spin_us" -> config.spinNs() / 1_000;
            case "stack.idle.look_us" -> config.lookIntervalNs() / 1_000;
            case "stack.hear_bytes" -> config.hearBytes();
            case "stack.hear_ms" -> config.hearMs();
            case "tcp.initial_cwnd" -> tcp.initialCwndSegments;
            case "tcp.receive_buffer" -> tcp.receiveBufferBytes;
            case "tcp.receive_buffer_max" -> tcp.receiveBufferMaxBytes;
            case "tcp.send_buffer" -> tcp.sendBufferBytes;
            case "tcp.send_buffer_max" -> tcp.sendBufferMaxBytes;
            case "tcp.rto_min_ms" -> tcp.minRtoMs;
            case "tcp.syn_retries" -> tcp.synRetries;
            case "tcp.synack_retries" -> tcp.synAckRetries;
            case "tcp.retries" -> tcp.retries;
            case "tcp.orphan_retries" -> tcp.orphanRetries;
            case "tcp.max_orphans" -> tcp.maxOrphans;
            case "tcp.fin_timeout_ms" -> tcp.finTimeoutMs;
            case "tcp.time_wait_ms" -> tcp.timeWaitMs;
            case "tcp.keepalive_time_ms" -> tcp.keepAliveTimeMs;
            case "tcp.keepalive_interval_ms" -> tcp.keepAliveIntervalMs;
            case "tcp.keepalive_probes" -> tcp.keepAliveProbes;
            case "tcp.challenge_ack_limit" -> tcp.challengeAckLimit;
            case "tcp.min_mss" -> tcp.minMss;
            default -> throw none(key);
        };
    }

    // --- amounts ---

    static void set(final StackConfig config, final String key, final double value) {
        final LinkSettings link = config.link;
        switch (key) {
            case "link.fault.loss" -> link.lossPercent = value;
            case "link.fault.duplicate" -> link.duplicatePercent = value;
            case "link.fault.reorder" -> link.reorderPercent = value;
            case "link.fault.corrupt" -> link.corruptPercent = value;
            case "link.fault.delay_ms" -> link.delayMs = value;
            case "link.fault.jitter_ms" -> link.jitterMs = value;
            default -> throw none(key);
        }
    }

    static double amount(final StackConfig config, final String key) {
        final LinkSettings link = config.link;
        return switch (key) {
            case "link.fault.loss" -> link.lossPercent;
            case "link.fault.duplicate" -> link.duplicatePercent;
            case "link.fault.reorder" -> link.reorderPercent;
            case "link.fault.corrupt" -> link.corruptPercent;
            case "link.fault.delay_ms" -> link.delayMs;
            case "link.fault.jitter_ms" -> link.jitterMs;
            default -> throw none(key);
        };
    }

    // --- flags ---

    static void set(final StackConfig config, final String key, final boolean value) {
        final TcpConfig tcp = config.tcp;
        switch (key) {
            case "stack.address_probe" -> config.addressProbe(value);
            case "tcp.delayed_ack" -> tcp.delayedAck = value;
            case "tcp.timestamps" -> tcp.timestamps = value;
            case "tcp.sack" -> tcp.sack = value;
            case "tcp.window_scaling" -> tcp.windowScaling = value;
            case "tcp.slow_start_after_idle" -> tcp.slowStartAfterIdle = value;
            case "tcp.syn_cookies" -> tcp.synCookies = value;
            case "tcp.pacing" -> tcp.pacing = value;
            case "tcp.black_hole_detection" -> tcp.blackHoleDetection = value;
            default -> throw none(key);
        }
    }

    static boolean flag(final StackConfig config, final String key) {
        final TcpConfig tcp = config.tcp;
        return switch (key) {
            case "stack.address_probe" -> config.addressProbe();
            case "tcp.delayed_ack" -> tcp.delayedAck;
            case "tcp.timestamps" -> tcp.timestamps;
            case "tcp.sack" -> tcp.sack;
            case "tcp.window_scaling" -> tcp.windowScaling;
            case "tcp.slow_start_after_idle" -> tcp.slowStartAfterIdle;
            case "tcp.syn_cookies" -> tcp.synCookies;
            case "tcp.pacing" -> tcp.pacing;
            case "tcp.black_hole_detection" -> tcp.blackHoleDetection;
            default -> throw none(key);
        };
    }

    /** A key of {@link Settings} has no field, or one of another kind. */
    private static IllegalStateException none(final String key) {
        return new IllegalStateException(key + " sets nothing");
    }
}
