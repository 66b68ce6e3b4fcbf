package io.holdfast.app.conformance;

import io.holdfast.tcp.TcpConfig;

/** CONFIG: maps names of settings, as sysctls, to fields of the TCP configuration. They apply to connections born later. */
final class ConfigKeys {
    private ConfigKeys() {
    }

    /**
     * @throws ErrnoException EINVAL if the value is impossible, ENOENT for an unknown congestion control
     */
    static void set(final TcpConfig config, final String key, final String value) throws ErrnoException {
        switch (key) {
            case "tcp.delayed_ack" -> config.delayedAck = number(value, 0, 1) != 0;
            case "tcp.initial_cwnd" -> config.initialCwndSegments = number(value, 1, 1 << 16);
            case "tcp.rcvbuf_max" -> {
                config.receiveBufferMaxBytes = number(value, 1, Integer.MAX_VALUE);
                config.receiveBufferBytes = Math.min(config.receiveBufferBytes, config.receiveBufferMaxBytes);
            }
            case "tcp.timestamps" -> config.timestamps = number(value, 0, 2) != 0;
            case "tcp.sack" -> config.sack = number(value, 0, 1) != 0;
            // ECN is not negotiated yet: off is what there is, on is taken as the fallback that it may end in.
            case "tcp.ecn" -> number(value, 0, 5);
            case "tcp.congestion" -> config.congestion = congestion(value);
            case "tcp.rto_min_ms" -> config.minRtoMs = number(value, 1, 120_000);
            case "tcp.slow_start_after_idle" -> config.slowStartAfterIdle = number(value, 0, 1) != 0;
            case "tcp.window_scaling" -> config.windowScaling = number(value, 0, 1) != 0;
            default -> {
                // An unknown key is ignored.
            }
        }
    }

    /** A name of a congestion control there is. */
    static String congestion(final String name) throws ErrnoException {
        if (!"cubic".equals(name) && !"reno".equals(name)) {
            throw new ErrnoException(Errno.ENOENT);
        }
        return name;
    }

    private static int number(final String value, final int min, final int max) throws ErrnoException {
        try {
            final int number = Integer.parseInt(value.trim());
            if (number >= min && number <= max) {
                return number;
            }
        } catch (final NumberFormatException e) {
            // Falls through: as impossible as a number out of range.
        }
        throw new ErrnoException(Errno.EINVAL);
    }
}
