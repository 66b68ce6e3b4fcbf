package io.holdfast.lab.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;

/**
 * Live media over HTTP: {@code StreamServer HOST PORT FILE BITS_PER_SECOND [KEYSTORE PASSWORD]}. "/live.ts" answers the
 * file from its start, as a broadcaster would: at a constant bit rate, by the server's own clock, in pieces of ten
 * milliseconds, of a length that the client is not told.
 */
public final class StreamServer {
    private StreamServer() {
    }

    public static void main(final String[] arguments) throws Exception {
        final HttpServer server =
            JdkHttpServer.create(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])),
                arguments.length > 4 ? Path.of(arguments[4]) : null, arguments.length > 5 ? arguments[5] : null);
        final byte[] media = Files.readAllBytes(Path.of(arguments[2]));
        final long bytesPerSecond = Long.parseLong(arguments[3]) / Byte.SIZE;
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/live.ts", exchange -> stream(exchange, media, bytesPerSecond));
        server.start();
        System.out.println("listening");
    }

    private static void stream(final HttpExchange exchange, final byte[] media, final long bytesPerSecond)
        throws IOException {
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", "video/mp2t");
            exchange.sendResponseHeaders(200, 0);
            final OutputStream sink = exchange.getResponseBody();
            final Pace pace = new Pace(bytesPerSecond, 1, media.length);
            for (int sent = 0; sent < media.length; sent += pace.sliceBytes()) {
                final int slice = Math.min(pace.sliceBytes(), media.length - sent);
                sink.write(media, sent, slice);
                sink.flush();
                pace.moved(slice);
            }
        }
    }
}
