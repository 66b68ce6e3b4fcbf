package io.holdfast.lab.guest;

import java.lang.reflect.Field;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.ResponseCache;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.Charset;
import java.security.Provider;
import java.security.Security;
import java.util.Locale;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.concurrent.ForkJoinPool;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/**
 * Prints what a program finds of a JVM when its {@code main} begins, and whether what it configures there still counts: logging,
 * the common pool, URL handlers, socket factories. The same with and without an agent, or the agent has touched something. Needs
 * {@code --add-opens java.base/java.net=ALL-UNNAMED}.
 */
public final class Snapshot {
    /** Differ from start to start, or name the agent because the command line did. */
    private static final Set<String> OWN = Set.of("sun.nio.cgroup.version", "sun.java.command", "jdk.debug");

    private Snapshot() {
    }

    /** A log manager of the program's own, as application servers have one. */
    public static final class Manager extends LogManager {
    }

    public static void main(final String[] arguments) throws Exception {
        for (final var property : new TreeMap<>(System.getProperties()).entrySet()) {
            if (!OWN.contains((String) property.getKey())) {
                say("property " + property.getKey(), String.valueOf(property.getValue()).replace("\n", "\\n"));
            }
        }
        int place = 1;
        for (final Provider provider : Security.getProviders()) {
            say("provider " + place++, provider.getName());
        }
        for (final String name : new String[] {"securerandom.strongAlgorithms", "networkaddress.cache.ttl", "jdk.tls.disabledAlgorithms"}) {
            say("security " + name, Security.getProperty(name));
        }
        say("locales", Locale.getDefault() + " " + Locale.getDefault(Locale.Category.FORMAT) + " " + Locale.getDefault(Locale.Category.DISPLAY));
        say("time zone", TimeZone.getDefault().getID());
        say("charset", Charset.defaultCharset());
        say("exception handler", Thread.getDefaultUncaughtExceptionHandler());
        say("context loader", Thread.currentThread().getContextClassLoader().getClass().getName());
        say("streams", System.in.getClass() + " " + System.out.getClass() + " " + System.err.getClass());
        say("proxies", ProxySelector.getDefault().getClass().getName());
        say("handlers", Authenticator.getDefault() + " " + CookieHandler.getDefault() + " " + ResponseCache.getDefault());
        say("caches", URLConnection.getDefaultUseCaches("jar") + " " + URLConnection.getDefaultUseCaches("file"));
        say("URL handlers", field(URL.class, "factory"));
        say("socket factories", field(Socket.class, "factory") + " " + field(ServerSocket.class, "factory"));
        configure();
    }

    /** The factory is deprecated, and programs set it. */
    @SuppressWarnings("deprecation")
    private static void configure() throws Exception {
        System.setProperty("java.util.logging.manager", Manager.class.getName());
        System.setProperty("java.util.logging.SimpleFormatter.format", "mine %5$s%n");
        say("log manager", LogManager.getLogManager().getClass().getName());
        Logger.getLogger("snapshot").info("a line");
        System.setProperty("java.util.concurrent.ForkJoinPool.common.parallelism", "7");
        say("common pool", ForkJoinPool.commonPool().getParallelism());
        URL.setURLStreamHandlerFactory(protocol -> null);
        say("URL handlers set", field(URL.class, "factory") != null);
        Socket.setSocketImplFactory(null);
        Locale.setDefault(Locale.ROOT);
        say("formatted", String.format("%.1f", 0.5));
    }

    private static Object field(final Class<?> type, final String name) throws ReflectiveOperationException {
        final Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(null);
    }

    private static void say(final String name, final Object value) {
        System.out.println("# " + name + " = " + value);
    }
}
