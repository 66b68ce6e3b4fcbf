package io.holdfast.nio;

import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.NetworkChannel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Options set on a channel before it is known whose it is, to be set anew on the kernel's if it becomes that. Guarded by
 * the channel's lock.
 */
final class OptionMemory {
    private Map<SocketOption<?>, Object> values;

    void remember(final SocketOption<?> name, final Object value) {
        if (values == null) {
            values = new LinkedHashMap<>();
        }
        values.put(name, value);
    }

    void applyTo(final NetworkChannel channel) throws IOException {
        if (values != null) {
            for (final Map.Entry<SocketOption<?>, Object> each : values.entrySet()) {
                apply(channel, each.getKey(), each.getValue());
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static <T> void apply(final NetworkChannel channel, final SocketOption<T> name, final Object value)
        throws IOException {
        channel.setOption(name, (T) value);
    }

    /**
     * @throws UnsupportedOperationException if the channel does not have that option
     */
    static void requireSupported(final NetworkChannel channel, final SocketOption<?> name) {
        Objects.requireNonNull(name);
        if (!channel.supportedOptions().contains(name)) {
            throw new UnsupportedOperationException("'" + name + "' not supported");
        }
    }

    /** The value as the kernel's channels would take it; throws for one that they would refuse, or that channel does not have. */
    @SuppressWarnings("unchecked")
    static <T> T checked(final NetworkChannel channel, final SocketOption<T> name, final T value) {
        requireSupported(channel, name);
        if (!name.type().isInstance(value)) {
            throw new IllegalArgumentException("Invalid value for " + name.name() + ": " + value);
        }
        if (value instanceof Integer n) {
            if (name == StandardSocketOptions.SO_LINGER) {
                return (T) (Integer) (n < 0 ? -1 : Math.min(n, 65_535));
            }
            final boolean size = name == StandardSocketOptions.SO_RCVBUF || name == StandardSocketOptions.SO_SNDBUF;
            if (size && n < 0 || name == StandardSocketOptions.IP_TOS && (n < 0 || n > 255)) {
                throw new IllegalArgumentException("Invalid value for " + name.name() + ": " + value);
            }
        }
        return value;
    }
}
