package io.holdfast.app;

import io.holdfast.config.StackConfig;
import io.holdfast.failover.NodeConfig;
import io.holdfast.wire.IpAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** The options of every command that runs a stack. */
final class StackOptions {
    private static final Pattern V4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final int DEFAULT_PREFIX = 24;

    @Option(names = "--config", paramLabel = "FILE", description = "Configuration of the stack, as properties; "
        + "system properties (-Dholdfast...) override it, the options below override both.")
    private Path config;

    @Option(names = "--device", paramLabel = "NAME", description = "TAP device to attach to, or to create (hf0).")
    private String device;

    @Option(names = "--address", paramLabel = "A.B.C.D[/LEN]", description = "Address of the stack (/24).")
    private String address;

    @Option(names = "--gateway", paramLabel = "A.B.C.D", description = "Next hop for everything beyond the subnet.")
    private String gateway;

    @Option(names = "--control", paramLabel = "PATH", description = "Control socket to open for stats and capture "
        + "(default: one named after the process in /run/holdfast, or the user's temporary directory).")
    private Path control;

    @Option(names = "--kernel", description = "Use the kernel's sockets instead of a stack: the same program, to compare.")
    private boolean kernel;

    boolean kernel() {
        return kernel;
    }

    Path control() {
        return control;
    }

    /** Returns the address to listen on: the given one, else the stack's, or any with --kernel. */
    InetAddress listenAddress() {
        if (address != null) {
            return inet(hostPart(address));
        }
        if (kernel) {
            return inet("0.0.0.0");
        }
        return stackConfig().conclude().addresses().get(0).toInetAddress();
    }

    /** Returns the file's settings of replication. */
    NodeConfig replication() {
        return config == null ? new NodeConfig() : NodeConfig.load(config);
    }

    StackConfig stackConfig() {
        if (config != null && !Files.isReadable(config)) {
            throw new IllegalArgumentException("--config: cannot read " + config);
        }
        if (config == null && address == null) {
            throw new IllegalArgumentException("which address? Give --address A.B.C.D/LEN (with --device NAME), "
                + "or --config FILE, or --kernel for the kernel's sockets");
        }
        final StackConfig stack = config == null
            ? new StackConfig().overriddenBySystemProperties() : StackConfig.load(config);
        if (device != null) {
            stack.device(device);
        }
        if (address != null) {
            stack.set("stack.addresses", hostPart(address)).prefixLength(prefixPart(address));
        }
        if (gateway != null) {
            stack.gateway(ip(gateway));
        }
        return stack;
    }

    private static String hostPart(final String text) {
        final int slash = text.indexOf('/');
        return slash < 0 ? text : text.substring(0, slash);
    }

    private static int prefixPart(final String text) {
        final int slash = text.indexOf('/');
        if (slash < 0) {
            return DEFAULT_PREFIX;
        }
        try {
            final int length = Integer.parseInt(text.substring(slash + 1));
            if (length >= 1 && length <= 32) {
                return length;
            }
        } catch (final NumberFormatException e) {
            // told below
        }
        throw new IllegalArgumentException("not a prefix length: " + text);
    }

    private static IpAddress ip(final String text) {
        return IpAddress.of(inet(text));
    }

    /** Parses a literal only: a name would be looked up through the very network that is being set up. */
    private static InetAddress inet(final String text) {
        try {
            if (V4.matcher(text).matches()) {
                return InetAddress.getByName(text);
            }
        } catch (final UnknownHostException e) {
            // told below
        }
        throw new IllegalArgumentException("not an IPv4 address: " + text);
    }
}
