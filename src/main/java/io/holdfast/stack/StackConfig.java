package io.holdfast.stack;

import io.holdfast.link.Link;
import io.holdfast.tcp.TcpConfig;
import io.holdfast.util.RandomSource;
import io.holdfast.wire.IpAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Configuration of one stack, by component: fluent, concluded once, validated, printed at start. From code, or from a
 * properties file that system properties ({@code holdfast.*}) override; an unknown or impossible setting is an
 * {@link IllegalArgumentException} that names it.
 */
public final class StackConfig {
    /** Who runs the shard. */
    public enum Threading {
        /** The caller's thread only, through {@code invoke}; time is the caller's. For tests and simulation. */
        INVOKER,
        /** Whoever needs the data; an agent thread when nobody does. */
        BATON,
        /** The agent thread alone. */
        SHARED,
        /** Receiver and stack have a thread each. */
        DEDICATED
    }

    public final TcpConfig tcp = new TcpConfig();
    private Threading threading = Threading.BATON;
    private Link link;
    private String device = "hf0";
    private final List<IpAddress> addresses = new ArrayList<>();
    private int prefixLength = 24;
    private IpAddress gateway;
    private RandomSource random;
    private long memoryLimitBytes = 1L << 30;

    public static StackConfig load(final Path file) {
        throw new UnsupportedOperationException("contract only");
    }

    /** Owner (H-stack) completes getters, setters, validation, printing. */
    public StackConfig threading(final Threading value) {
        threading = value;
        return this;
    }

    /** A link that exists already, instead of {@link #device}. */
    public StackConfig link(final Link value) {
        link = value;
        return this;
    }

    /** Name of the TAP device to attach to, or to create. */
    public StackConfig device(final String value) {
        device = value;
        return this;
    }

    /** An address the stack answers for; the first one is the default source. */
    public StackConfig address(final IpAddress value) {
        addresses.add(value);
        return this;
    }

    public StackConfig prefixLength(final int value) {
        prefixLength = value;
        return this;
    }

    public StackConfig gateway(final IpAddress value) {
        gateway = value;
        return this;
    }

    public StackConfig random(final RandomSource value) {
        random = value;
        return this;
    }

    /** Limit on all stream buffers together. */
    public StackConfig memoryLimit(final long bytes) {
        memoryLimitBytes = bytes;
        return this;
    }
}
