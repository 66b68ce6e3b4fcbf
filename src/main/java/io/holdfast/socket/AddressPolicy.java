package io.holdfast.socket;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Which addresses make a socket the stack's, and which leave it to the kernel. An address that the stack owns is always
 * the stack's; an IPv6 address or one of another host or interface always the kernel's. What is left to choose:
 *
 * @param wildcard who takes a server bound to the wildcard address ({@code 0.0.0.0}, {@code ::}): by default both, as one
 *                 listener. What comes by the kernel, at the host's own addresses and loopback, is not protected
 * @param ports    the same for single ports
 * @param outgoing who takes a client that did not bind to an address: by default the kernel. A client bound to an address
 *                 of the stack, or connecting to one, is the stack's in any case
 */
public record AddressPolicy(Side wildcard, Map<Integer, Side> ports, Side outgoing) {
    /** Key of a configuration that names the side of wildcard listeners; with a dot and a port behind it, of one port's. */
    public static final String WILDCARD = "listen.wildcard";
    /** Key that names the side of clients that did not bind: {@code stack} or {@code kernel}. */
    public static final String OUTGOING = "connect.outgoing";

    public static final AddressPolicy DEFAULT = new AddressPolicy(Side.BOTH, Side.KERNEL);
    private static final String PROPERTY_PREFIX = "holdfast.";
    private static final int MAX_PORT = 65_535;

    /** Of the two worlds. */
    public enum Side {
        STACK, KERNEL, BOTH
    }

    public AddressPolicy {
        Objects.requireNonNull(wildcard, "wildcard");
        ports = Map.copyOf(ports);
        if (Objects.requireNonNull(outgoing, "outgoing") == Side.BOTH) {
            throw new IllegalArgumentException("a client has one side");
        }
    }

    public AddressPolicy(final Side wildcard, final Side outgoing) {
        this(wildcard, Map.of(), outgoing);
    }

    /** The default, with what the system properties {@code holdfast.KEY} say. */
    public static AddressPolicy fromSystemProperties() {
        return of(Map.of());
    }

    /** As {@link #of}, of a properties file. */
    public static AddressPolicy load(final Path file) {
        final Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            properties.load(in);
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot read the configuration " + file, e);
        }
        final Map<String, String> configuration = new HashMap<>();
        for (final String name : properties.stringPropertyNames()) {
            configuration.put(name, properties.getProperty(name));
        }
        return of(configuration);
    }

    /**
     * The default, with what a configuration says, and over that the system properties {@code holdfast.KEY}. Keys of other
     * components are passed over.
     *
     * @throws IllegalArgumentException naming a key that is unknown, or whose value cannot be
     */
    public static AddressPolicy of(final Map<String, String> configuration) {
        final Map<String, String> all = new HashMap<>(configuration);
        for (final String name : System.getProperties().stringPropertyNames()) {
            if (name.startsWith(PROPERTY_PREFIX)) {
                all.put(name.substring(PROPERTY_PREFIX.length()), System.getProperty(name));
            }
        }
        final Map<Integer, Side> ports = new HashMap<>();
        for (final Map.Entry<String, String> entry : all.entrySet()) {
            final String key = entry.getKey();
            final String value = entry.getValue();
            if (key.startsWith(WILDCARD + ".")) {
                ports.put(port(key), side(key, value, true));
            } else if ((key.startsWith("listen.") || key.startsWith("connect.")) && !key.equals(WILDCARD) && !key.equals(OUTGOING)) {
                throw new IllegalArgumentException("unknown setting: " + key + " = " + value);
            }
        }
        final String wildcard = all.get(WILDCARD);
        final String outgoing = all.get(OUTGOING);
        return new AddressPolicy(wildcard == null ? DEFAULT.wildcard : side(WILDCARD, wildcard, true), ports,
            outgoing == null ? DEFAULT.outgoing : side(OUTGOING, outgoing, false));
    }

    private static int port(final String key) {
        try {
            final int port = Integer.parseInt(key.substring(WILDCARD.length() + 1));
            if (port > 0 && port <= MAX_PORT) {
                return port;
            }
        } catch (final NumberFormatException e) {
            // told below
        }
        throw new IllegalArgumentException(key + ": behind " + WILDCARD + ". stands a port");
    }

    private static Side side(final String key, final String value, final boolean ofListeners) {
        try {
            final Side side = Side.valueOf(value.trim().toUpperCase(Locale.ROOT));
            if (ofListeners || side != Side.BOTH) {
                return side;
            }
        } catch (final IllegalArgumentException e) {
            // told below
        }
        throw new IllegalArgumentException(key + " = " + value + ": allowed is " + (ofListeners ? "both, " : "") + "stack or kernel");
    }

    /** Whose a server is that binds to that address. */
    public Side server(final HoldfastStack stack, final InetAddress local, final int port) {
        if (local.isAnyLocalAddress()) {
            return ports.getOrDefault(port, wildcard);
        }
        return stack.owns(local) ? Side.STACK : Side.KERNEL;
    }

    /**
     * Is a client the stack's that connects there?
     *
     * @param local what it is bound to; null or a wildcard if it did not choose
     */
    public boolean clientOnStack(final HoldfastStack stack, final InetSocketAddress local, final InetAddress remote) {
        if (local != null && !local.getAddress().isAnyLocalAddress()) {
            return stack.owns(local.getAddress());
        }
        if (stack.owns(remote)) {
            // While another host has the address, it is reached there, as by any other program on this host.
            return stack.serves(remote);
        }
        return outgoing == Side.STACK
            && !(remote instanceof Inet6Address)
            && !remote.isLoopbackAddress()
            && !remote.isAnyLocalAddress();
    }

    /** As a configuration would have it, on one line. */
    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder(WILDCARD + " = " + lower(wildcard));
        new TreeMap<>(ports).forEach((port, side) -> text.append(", ").append(WILDCARD).append('.').append(port).append(" = ")
            .append(lower(side)));
        return text.append(", ").append(OUTGOING).append(" = ").append(lower(outgoing)).toString();
    }

    private static String lower(final Side side) {
        return side.name().toLowerCase(Locale.ROOT);
    }
}
