package io.holdfast.socket;

import io.holdfast.tcp.TcpConfig;
import io.holdfast.tcp.TcpOptions;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.HashSet;
import java.util.Set;

/**
 * Java's socket options to and from the connection's own. Buffer sizes are those of the kernel, which
 * doubles what it is given to have room for its overhead; Java halves what it reads, so that what was set is what is read.
 */
final class TcpOptionValues {
    static final Set<SocketOption<?>> STREAM = streamOptions();
    static final Set<SocketOption<?>> LISTENER = Set.of(StandardSocketOptions.SO_RCVBUF, StandardSocketOptions.SO_REUSEADDR);

    /** Linux's wmem_max and rmem_max, the most that a process may ask for, and its smallest buffers. */
    private static final int BUFFER_MAX = 4 * 1024 * 1024;
    private static final int SEND_BUFFER_MIN = 4_608;
    private static final int RECEIVE_BUFFER_MIN = 2_304;
    private static final int MAX_KEEPALIVE_SECONDS = 32_767;
    private static final int MAX_COUNT = 127;
    private static final int MIN_MSS = 88;
    private static final int MAX_MSS = 32_767;
    private static final int MS = 1_000;

    private TcpOptionValues() {
    }

    private static Set<SocketOption<?>> streamOptions() {
        final Set<SocketOption<?>> all = new HashSet<>(NativeOptions.ALL);
        all.add(StandardSocketOptions.SO_SNDBUF);
        all.add(StandardSocketOptions.SO_RCVBUF);
        all.add(StandardSocketOptions.SO_KEEPALIVE);
        all.add(StandardSocketOptions.SO_REUSEADDR);
        all.add(StandardSocketOptions.SO_LINGER);
        all.add(StandardSocketOptions.TCP_NODELAY);
        all.add(StandardSocketOptions.IP_TOS);
        all.add(ExtendedOptions.TCP_KEEPIDLE);
        all.add(ExtendedOptions.TCP_KEEPINTERVAL);
        all.add(ExtendedOptions.TCP_KEEPCOUNT);
        all.add(ExtendedOptions.TCP_QUICKACK);
        return Set.copyOf(all);
    }

    /** False if there is no such option. */
    static boolean set(final TcpOptions options, final SocketOption<?> name, final Object value) {
        if (name == StandardSocketOptions.SO_SNDBUF) {
            options.sendBufferBytes = Math.max(2 * Math.min(positive(name, value), BUFFER_MAX), SEND_BUFFER_MIN);
        } else if (name == StandardSocketOptions.SO_RCVBUF) {
            options.receiveBufferBytes = Math.max(2 * Math.min(positive(name, value), BUFFER_MAX), RECEIVE_BUFFER_MIN);
        } else if (name == StandardSocketOptions.SO_KEEPALIVE) {
            options.keepAlive = (Boolean) value;
        } else if (name == StandardSocketOptions.SO_REUSEADDR) {
            options.reuseAddress = (Boolean) value;
        } else if (name == StandardSocketOptions.SO_LINGER) {
            final int seconds = (Integer) value;
            options.lingerMs = seconds < 0 ? TcpOptions.NO_LINGER : Math.min(seconds, 65_535) * MS;
        } else if (name == StandardSocketOptions.TCP_NODELAY) {
            options.noDelay((Boolean) value);
        } else if (name == StandardSocketOptions.IP_TOS) {
            options.trafficClass = within(name, value, 0, 255) & ~3;
        } else if (name == ExtendedOptions.TCP_QUICKACK) {
            options.quickAck = (Boolean) value;
        } else if (name == NativeOptions.TCP_CORK) {
            options.cork = (Boolean) value;
        } else if (name == NativeOptions.SO_OOBINLINE) {
            options.urgentInline = (Boolean) value;
        } else {
            return setCount(options, name, value);
        }
        return true;
    }

    private static boolean setCount(final TcpOptions options, final SocketOption<?> name, final Object value) {
        if (name == ExtendedOptions.TCP_KEEPIDLE) {
            options.keepIdleMs = within(name, value, 1, MAX_KEEPALIVE_SECONDS) * MS;
        } else if (name == ExtendedOptions.TCP_KEEPINTERVAL) {
            options.keepIntervalMs = within(name, value, 1, MAX_KEEPALIVE_SECONDS) * MS;
        } else if (name == ExtendedOptions.TCP_KEEPCOUNT) {
            options.keepCount = within(name, value, 1, MAX_COUNT);
        } else if (name == NativeOptions.TCP_MAXSEG) {
            options.maxSegment = (Integer) value == 0 ? 0 : within(name, value, MIN_MSS, MAX_MSS);
        } else if (name == NativeOptions.TCP_USER_TIMEOUT) {
            options.userTimeoutMs = within(name, value, 0, Integer.MAX_VALUE);
        } else if (name == NativeOptions.TCP_LINGER2) {
            final int seconds = (Integer) value;
            options.linger2Ms = seconds < 0 ? -1 : Math.min(seconds, 120) * MS;
        } else if (name == NativeOptions.TCP_SYNCNT) {
            options.synCount = within(name, value, 0, MAX_COUNT);
        } else if (name == NativeOptions.IP_TTL) {
            options.hopLimit = within(name, value, 0, 255);
        } else if (name == NativeOptions.TCP_CONGESTION) {
            if (!"cubic".equals(value) && !"reno".equals(value)) {
                throw new IllegalArgumentException("TCP_CONGESTION = " + value + ": allowed are cubic and reno");
            }
            options.congestion = (String) value;
        } else {
            return false;
        }
        return true;
    }

    /** null if there is no such option. */
    static Object get(final TcpOptions options, final TcpConfig config, final SocketOption<?> name) {
        if (name == StandardSocketOptions.SO_SNDBUF) {
            return (options.sendBufferBytes != 0 ? options.sendBufferBytes : config.sendBufferBytes) / 2;
        } else if (name == StandardSocketOptions.SO_RCVBUF) {
            return (options.receiveBufferBytes != 0 ? options.receiveBufferBytes : config.receiveBufferBytes) / 2;
        } else if (name == StandardSocketOptions.SO_KEEPALIVE) {
            return options.keepAlive;
        } else if (name == StandardSocketOptions.SO_REUSEADDR) {
            return options.reuseAddress;
        } else if (name == StandardSocketOptions.SO_LINGER) {
            return options.lingerMs == TcpOptions.NO_LINGER ? -1 : options.lingerMs / MS;
        } else if (name == StandardSocketOptions.TCP_NODELAY) {
            return options.noDelay;
        } else if (name == StandardSocketOptions.IP_TOS) {
            return options.trafficClass;
        } else if (name == ExtendedOptions.TCP_QUICKACK) {
            return options.quickAck;
        } else if (name == NativeOptions.TCP_CORK) {
            return options.cork;
        } else if (name == NativeOptions.SO_OOBINLINE) {
            return options.urgentInline;
        }
        return count(options, config, name);
    }

    private static Object count(final TcpOptions options, final TcpConfig config, final SocketOption<?> name) {
        if (name == ExtendedOptions.TCP_KEEPIDLE) {
            return (options.keepIdleMs != 0 ? options.keepIdleMs : config.keepAliveTimeMs) / MS;
        } else if (name == ExtendedOptions.TCP_KEEPINTERVAL) {
            return (options.keepIntervalMs != 0 ? options.keepIntervalMs : config.keepAliveIntervalMs) / MS;
        } else if (name == ExtendedOptions.TCP_KEEPCOUNT) {
            return options.keepCount != 0 ? options.keepCount : config.keepAliveProbes;
        } else if (name == NativeOptions.TCP_MAXSEG) {
            return options.maxSegment;
        } else if (name == NativeOptions.TCP_USER_TIMEOUT) {
            return options.userTimeoutMs;
        } else if (name == NativeOptions.TCP_LINGER2) {
            return options.linger2Ms < 0 ? -1 : (options.linger2Ms != 0 ? options.linger2Ms : config.finTimeoutMs) / MS;
        } else if (name == NativeOptions.TCP_SYNCNT) {
            return options.synCount != 0 ? options.synCount : config.synRetries;
        } else if (name == NativeOptions.IP_TTL) {
            return options.hopLimit;
        } else if (name == NativeOptions.TCP_CONGESTION) {
            return options.congestion != null ? options.congestion : config.congestion;
        }
        return null;
    }

    private static int positive(final SocketOption<?> name, final Object value) {
        return within(name, value, 0, Integer.MAX_VALUE);
    }

    private static int within(final SocketOption<?> name, final Object value, final int min, final int max) {
        final int number = (Integer) value;
        if (number < min || number > max) {
            throw new IllegalArgumentException(name + " = " + number + ": allowed is " + min + " to " + max);
        }
        return number;
    }
}
