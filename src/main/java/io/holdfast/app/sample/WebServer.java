package io.holdfast.app.sample;

import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The JDK's own HttpServer, unmodified, serving a directory. It takes its channels and its selector from the
 * system-wide {@link java.nio.channels.spi.SelectorProvider}, which therefore is chosen before this class is used.
 */
public final class WebServer implements Closeable {
    /** Exchanges under way at a time; each may wait for a slow client. */
    private static final int THREADS = 64;
    /** Exchanges waiting for a thread; beyond, the accepting thread works itself. */
    private static final int QUEUE = 4096;
    private static final int BACKLOG = 1024;

    private final HttpServer server;
    private final ThreadPoolExecutor threads;

    /**
     * Starts to serve.
     *
     * @param address where to listen; port 0 takes any
     * @param root    directory that is served
     * @param uploads whether PUT is allowed
     */
    public WebServer(final InetSocketAddress address, final Path root, final boolean uploads) throws IOException {
        defaults();
        final FileHandler handler = new FileHandler(root, uploads);
        threads = new ThreadPoolExecutor(THREADS, THREADS, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUE),
            WebServer::thread, new ThreadPoolExecutor.CallerRunsPolicy());
        threads.allowCoreThreadTimeOut(true);
        server = HttpServer.create(address, BACKLOG);
        server.setExecutor(threads);
        server.createContext("/", handler);
        server.start();
    }

    public InetSocketAddress address() {
        return server.getAddress();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    /**
     * HttpServer's own defaults close kept-alive connections beyond 200 and send an answer's header and body with Nagle's
     * delay between. HttpServer reads these system properties once; a user's setting wins.
     */
    private static void defaults() {
        setDefault("sun.net.httpserver.nodelay", "true");
        setDefault("sun.net.httpserver.maxIdleConnections", "20000");
    }

    private static void setDefault(final String property, final String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    private static Thread thread(final Runnable task) {
        final Thread thread = new Thread(task, "web");
        thread.setDaemon(true);
        return thread;
    }
}
