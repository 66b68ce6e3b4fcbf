package io.holdfast.app.agent;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Notices transports that take a program's connections past the stack: native transports, seen by their libraries, and listeners
 * of NIO.2, which are the kernel's. Each is reported once, with the setting that turns it off. Any thread.
 */
final class Bypasses {
    /** Part of the name of a library that is loaded for TLS alone, too. */
    private static final String TLS_TOO = "tcnative";

    private final boolean required;
    private final Consumer<String> say;
    private final Runnable end;
    private final Set<String> said = ConcurrentHashMap.newKeySet();

    /**
     * @param required whether a program that does so must not run
     * @param say      takes lines
     * @param end      ends the JVM
     */
    Bypasses(final boolean required, final Consumer<String> say, final Runnable end) {
        this.required = required;
        this.say = say;
        this.end = end;
    }

    Map<Place, Function<Object, Object>> answers() {
        return Map.of(Place.LOAD, this::loaded, Place.LOAD_LIBRARY, this::loaded, Place.ASYNCHRONOUS, nothing -> asynchronous());
    }

    private Object loaded(final Object library) {
        final String name = String.valueOf(library);
        final String hint = hint(name);
        if (hint != null) {
            tell(hint, !name.contains(TLS_TOO));
        }
        return null;
    }

    private Object asynchronous() {
        tell("the program opens a listener of NIO.2 (AsynchronousServerSocketChannel), which is the kernel's: its connections are not"
            + " protected; let the server use its NIO or blocking connector instead", true);
        return null;
    }

    /** Returns the report on a library that was loaded; null if it is no native transport. */
    static String hint(final String library) {
        return library.contains("netty") || library.contains(TLS_TOO) ? Known.hint(library) : null;
    }

    /** @param proof whether connections do bypass the stack; otherwise they may */
    private void tell(final String what, final boolean proof) {
        if (!said.add(what)) {
            return;
        }
        say.accept("holdfast: WARNING: " + what);
        if (required && proof) {
            say.accept("holdfast: agent.require = protected: the program is ended");
            end.run();
        }
    }

    /** Loaded only for a program that loads such a library. */
    private static final class Known {
        /** Netty's epoll, io_uring and kqueue, and the incubator's, also where they were renamed along with their classes. */
        private static final Pattern NETTY =
            Pattern.compile("(?:.*/)?(?:lib)?(?<prefix>(?:[A-Za-z0-9_]+_)?)(?<name>netty_?(?:transport_native|"
                + "incubator_transport_native|incubator_codec)_(?:epoll|io_uring|kqueue|quic|quiche)[A-Za-z0-9_]*).*");
        /** Tomcat's, which is also loaded for TLS alone. */
        private static final Pattern TOMCAT = Pattern.compile("(?:.*/)?(?:lib)?(?<name>tcnative-[0-9]+).*");

        private static String hint(final String library) {
            final Matcher netty = NETTY.matcher(library);
            if (netty.matches()) {
                final String prefix = netty.group("prefix").replace("_1", "\0").replace('_', '.').replace('\0', '_');
                return "the program has loaded the native transport " + netty.group("prefix") + netty.group("name")
                    + ": its connections are the kernel's and not protected, and the stack's addresses are out of its reach; -D" + prefix
                    + "io.netty.transport.noNative=true makes it use NIO";
            }
            final Matcher tomcat = TOMCAT.matcher(library);
            if (tomcat.matches()) {
                return "the program has loaded " + tomcat.group("name") + ": connections of Tomcat's APR connectors are the kernel's and not"
                    + " protected; its NIO connector is served";
            }
            return null;
        }
    }
}
