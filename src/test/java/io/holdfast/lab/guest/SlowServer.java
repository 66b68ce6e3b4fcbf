package io.holdfast.lab.guest;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Answers {@code /slow/SECONDS} after that time, and {@code /down/BYTES} with that many bytes; the third argument is its end.
 * Arguments: address, port, {@code stop} (its shutdown hook waits ten seconds for requests), {@code close} (its hook closes at
 * once), or {@code none}.
 */
public final class SlowServer {
    private static final int STOP_SECONDS = 10;

    private SlowServer() {
    }

    public static void main(final String[] arguments) throws Exception {
        final HttpServer server = HttpServer.create(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/slow/", exchange -> {
            waitFor(number(exchange));
            exchange.sendResponseHeaders(200, 5);
            exchange.getResponseBody().write("done\n".getBytes());
            exchange.close();
        });
        server.createContext("/down/", SlowServer::download);
        server.start();
        if (!arguments[2].equals("none")) {
            final int seconds = arguments[2].equals("stop") ? STOP_SECONDS : 0;
            Runtime.getRuntime().addShutdownHook(new Thread(() -> server.stop(seconds)));
        }
        System.out.println("listening");
    }

    private static long number(final HttpExchange exchange) {
        final String path = exchange.getRequestURI().getPath();
        return Long.parseLong(path.substring(path.lastIndexOf('/') + 1));
    }

    private static void waitFor(final long seconds) {
        try {
            System.out.println("waiting");
            TimeUnit.SECONDS.sleep(seconds);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The same bytes on every host. */
    private static void download(final HttpExchange exchange) throws IOException {
        final long length = number(exchange);
        exchange.sendResponseHeaders(200, length);
        final byte[] buffer = new byte[1 << 16];
        try (OutputStream out = exchange.getResponseBody()) {
            for (long at = 0; at < length; at += buffer.length) {
                for (int i = 0; i < buffer.length; i++) {
                    buffer[i] = (byte) ((at + i) * 31 >>> 7);
                }
                out.write(buffer, 0, (int) Math.min(buffer.length, length - at));
            }
        }
    }
}
