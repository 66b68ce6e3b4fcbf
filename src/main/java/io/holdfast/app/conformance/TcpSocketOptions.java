package io.holdfast.app.conformance;

import io.holdfast.socket.ListenerSocket;
import io.holdfast.socket.StreamSocket;
import io.holdfast.tcp.TcpConfig;
import io.holdfast.tcp.TcpOptions;
import io.holdfast.tcp.TcpState;
import java.io.IOException;

/**
 * A TCP socket's options under Linux's names, ranges and roundings. They are kept apart from the stack's sockets, which are
 * replaced whenever the socket is connected again.
 */
final class TcpSocketOptions {
    private static final int MAX_KEEPALIVE_SECONDS = 32_767;
    private static final int MAX_COUNT = 127;
    private static final int MIN_MSS = 88;
    private static final int MAX_MSS = 32_767;
    private static final int DEFAULT_MSS = 536;
    private static final int MAX_LINGER2_SECONDS = 120;
    private static final int DEFAULT_TTL = 64;
    private static final int ECN_BITS = 3;
    /** Linux's net.core.wmem_max and rmem_max, and its smallest buffers. */
    private static final int BUFFER_MAX = 212_992;
    private static final int SEND_BUFFER_MIN = 4_608;
    private static final int RECEIVE_BUFFER_MIN = 2_304;
    /** Linux's tcp_wmem[1], what an unconnected socket reports. */
    private static final int SEND_BUFFER_UNCONNECTED = 16_384;

    final TcpOptions values = new TcpOptions();
    /** The last send said that more would follow. */
    private boolean more;

    void set(final String name, final byte[] value) throws ErrnoException {
        switch (name) {
            case "SO_REUSEADDR" -> values.reuseAddress = OptionValues.toBoolean(value);
            case "SO_KEEPALIVE" -> values.keepAlive = OptionValues.toBoolean(value);
            case "SO_LINGER" -> linger(OptionValues.toInt(value, 0), OptionValues.toInt(value, 1));
            case "SO_SNDBUF" -> values.sendBufferBytes =
                Math.max(2 * buffer(OptionValues.toInt(value, 0)), SEND_BUFFER_MIN);
            case "SO_RCVBUF" -> values.receiveBufferBytes =
                Math.max(2 * buffer(OptionValues.toInt(value, 0)), RECEIVE_BUFFER_MIN);
            case "TCP_NODELAY" -> values.noDelay(OptionValues.toBoolean(value));
            case "TCP_CORK" -> values.cork = OptionValues.toBoolean(value);
            case "TCP_MAXSEG" -> {
                final int mss = OptionValues.toInt(value, 0);
                values.maxSegment = mss == 0 ? 0 : OptionValues.toInt(value, MIN_MSS, MAX_MSS);
            }
            case "TCP_KEEPIDLE" -> values.keepIdleMs = OptionValues.toInt(value, 1, MAX_KEEPALIVE_SECONDS) * 1000;
            case "TCP_KEEPINTVL" -> values.keepIntervalMs = OptionValues.toInt(value, 1, MAX_KEEPALIVE_SECONDS) * 1000;
            case "TCP_KEEPCNT" -> values.keepCount = OptionValues.toInt(value, 1, MAX_COUNT);
            case "TCP_SYNCNT" -> values.synCount = OptionValues.toInt(value, 1, MAX_COUNT);
            case "TCP_LINGER2" -> {
                final int seconds = OptionValues.toInt(value, 0);
                values.linger2Ms = seconds < 0 ? -1 : Math.min(seconds, MAX_LINGER2_SECONDS) * 1000;
            }
            case "TCP_USER_TIMEOUT" -> values.userTimeoutMs = OptionValues.toInt(value, 0, Integer.MAX_VALUE);
            case "TCP_QUICKACK" -> values.quickAck = OptionValues.toBoolean(value);
            case "TCP_CONGESTION" -> values.congestion = ConfigKeys.congestion(OptionValues.toName(value));
            case "IP_TOS" -> values.trafficClass = trafficClass(value);
            case "IP_TTL" -> {
                final int ttl = OptionValues.toInt(value, -1, 255);
                if (ttl == 0) {
                    throw new ErrnoException(Errno.EINVAL);
                }
                values.hopLimit = Math.max(ttl, 0);
            }
            default -> throw new ErrnoException(Errno.ENOPROTOOPT);
        }
    }

    /**
     * @param stream the socket, null for a listener
     */
    byte[] value(final String name, final StreamSocket stream, final TcpState state, final TcpConfig config)
        throws ErrnoException {
        if ("TCP_CONGESTION".equals(name)) {
            return OptionValues.ofName(values.congestion == null ? config.congestion : values.congestion);
        }
        if ("SO_LINGER".equals(name)) {
            return values.lingerMs == TcpOptions.NO_LINGER ? OptionValues.ofInts(0, 0)
                : OptionValues.ofInts(1, values.lingerMs / 1000);
        }
        return OptionValues.ofInt(switch (name) {
            case "SO_REUSEADDR" -> bit(values.reuseAddress);
            case "SO_KEEPALIVE" -> bit(values.keepAlive);
            case "SO_SNDBUF" -> values.sendBufferBytes != 0 ? values.sendBufferBytes
                : unconnected(state) ? SEND_BUFFER_UNCONNECTED : config.sendBufferBytes;
            case "SO_RCVBUF" -> values.receiveBufferBytes != 0 ? values.receiveBufferBytes : config.receiveBufferBytes;
            case "TCP_NODELAY" -> bit(values.noDelay);
            case "TCP_CORK" -> bit(values.cork);
            case "TCP_MAXSEG" -> !unconnected(state) ? stream.info().sndMss
                : values.maxSegment != 0 ? values.maxSegment : DEFAULT_MSS;
            case "TCP_KEEPIDLE" -> (values.keepIdleMs != 0 ? values.keepIdleMs : config.keepAliveTimeMs) / 1000;
            case "TCP_KEEPINTVL" -> (values.keepIntervalMs != 0 ? values.keepIntervalMs : config.keepAliveIntervalMs) / 1000;
            case "TCP_KEEPCNT" -> values.keepCount != 0 ? values.keepCount : config.keepAliveProbes;
            case "TCP_SYNCNT" -> values.synCount != 0 ? values.synCount : config.synRetries;
            case "TCP_LINGER2" -> values.linger2Ms < 0 ? -1
                : (values.linger2Ms != 0 ? values.linger2Ms : config.finTimeoutMs) / 1000;
            case "TCP_USER_TIMEOUT" -> values.userTimeoutMs;
            case "TCP_QUICKACK" -> bit(values.quickAck);
            case "IP_TOS" -> values.trafficClass;
            case "IP_TTL" -> values.hopLimit != 0 ? values.hopLimit : DEFAULT_TTL;
            default -> throw new ErrnoException(Errno.ENOPROTOOPT);
        });
    }

    /** Brings the options to a stack socket. */
    void apply(final StreamSocket stream) throws ErrnoException {
        try {
            stream.options(values);
        } catch (final IOException e) {
            throw new ErrnoException(Errno.of(e));
        }
    }

    /** Applies the options to a listener, whose connections inherit them. */
    void apply(final ListenerSocket listener) throws ErrnoException {
        try {
            listener.options(values);
        } catch (final IOException e) {
            throw new ErrnoException(Errno.of(e));
        }
    }

    /** MSG_MORE: held back as if corked, until a send without it. */
    void more(final StreamSocket stream, final boolean more) throws ErrnoException {
        if (more == this.more) {
            return;
        }
        this.more = more;
        final boolean cork = values.cork;
        values.cork |= more;
        apply(stream);
        values.cork = cork;
    }

    private void linger(final int on, final int seconds) {
        values.lingerMs = on == 0 ? TcpOptions.NO_LINGER
            : (int) Math.min(Integer.toUnsignedLong(seconds) * 1000, Integer.MAX_VALUE);
    }

    /** Linux takes requests as unsigned, cuts them at the maximum, then doubles for its own overhead. */
    private static int buffer(final int requested) {
        return requested < 0 || requested > BUFFER_MAX ? BUFFER_MAX : requested;
    }

    /** A stream's ECN bits are TCP's own. */
    private int trafficClass(final byte[] value) throws ErrnoException {
        final int tos = value.length >= 4 ? OptionValues.toInt(value, 0) : value.length >= 1 ? value[0] & 0xFF : -1;
        if (tos < 0 && value.length == 0) {
            throw new ErrnoException(Errno.EINVAL);
        }
        return tos & 0xFF & ~ECN_BITS;
    }

    private static boolean unconnected(final TcpState state) {
        return state == TcpState.CLOSED || state == TcpState.LISTEN;
    }

    private static int bit(final boolean value) {
        return value ? 1 : 0;
    }
}
