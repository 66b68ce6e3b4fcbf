package io.holdfast.lab.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The JDK's HttpServer: {@code JdkHttpServer HOST PORT DIRECTORY [KEYSTORE PASSWORD]}. "/file/NAME" answers a file of
 * the directory or one range of it, a PUT to "/sha256/NAME" the hash of the received bytes. "?rate=N" limits either to N
 * bytes a second. With a key store it speaks HTTPS.
 */
public final class JdkHttpServer {
    private static final int BACKLOG = 1024;
    private static final int COPY_BYTES = 128 * 1024;
    private static final int SLOW_BYTES = 32 * 1024;
    private static final Pattern RATE = Pattern.compile("rate=(\\d+)");
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");

    private JdkHttpServer() {
    }

    public static void main(final String[] arguments) throws Exception {
        final HttpServer server = create(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])),
            arguments.length > 3 ? Path.of(arguments[3]) : null, arguments.length > 4 ? arguments[4] : null);
        final Path directory = Path.of(arguments[2]);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/file/", exchange -> file(exchange, directory));
        server.createContext("/sha256/", JdkHttpServer::upload);
        server.start();
        System.out.println("listening");
    }

    /** @param store a key store for HTTPS, or null for HTTP */
    static HttpServer create(final InetSocketAddress address, final Path store, final String password)
        throws Exception {
        if (store == null) {
            return HttpServer.create(address, BACKLOG);
        }
        final HttpsServer server = HttpsServer.create(address, BACKLOG);
        server.setHttpsConfigurator(new HttpsConfigurator(ServerKeys.context(store, password)));
        return server;
    }

    private static void file(final HttpExchange exchange, final Path directory) throws IOException {
        try (exchange) {
            final Path file = directory.resolve(Path.of(exchange.getRequestURI().getPath()).getFileName());
            if (!exchange.getRequestMethod().equals("GET") || !Files.isRegularFile(file)) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            try (RandomAccessFile source = new RandomAccessFile(file.toFile(), "r")) {
                send(exchange, source);
            }
        }
    }

    private static void send(final HttpExchange exchange, final RandomAccessFile source) throws IOException {
        final long size = source.length();
        long first = 0;
        long last = size - 1;
        final String asked = exchange.getRequestHeaders().getFirst("Range");
        final Matcher range = RANGE.matcher(asked == null ? "" : asked);
        final boolean partial = range.matches() && Long.parseLong(range.group(1)) < size;
        if (partial) {
            first = Long.parseLong(range.group(1));
            last = range.group(2).isEmpty() ? last : Math.min(last, Long.parseLong(range.group(2)));
            exchange.getResponseHeaders().set("Content-Range", "bytes " + first + "-" + last + "/" + size);
        }
        final long length = Math.max(0, last - first + 1);
        exchange.getResponseHeaders().set("Accept-Ranges", "bytes");
        exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
        exchange.sendResponseHeaders(partial ? 206 : 200, length == 0 ? -1 : length);
        source.seek(first);
        copy(source, length, exchange.getResponseBody(), pace(exchange));
    }

    private static void copy(
        final RandomAccessFile source, final long length, final OutputStream sink, final Pace pace) throws IOException {
        final byte[] buffer = new byte[pace.sliceBytes()];
        for (long left = length; left > 0; ) {
            final int n = source.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (n < 0) {
                throw new IOException("the file became shorter while it was sent");
            }
            sink.write(buffer, 0, n);
            left -= n;
            pace.moved(n);
        }
    }

    private static Pace pace(final HttpExchange exchange) {
        final String query = exchange.getRequestURI().getQuery();
        final Matcher rate = RATE.matcher(query == null ? "" : query);
        return new Pace(rate.matches() ? Long.parseLong(rate.group(1)) : 0, SLOW_BYTES, COPY_BYTES);
    }

    private static void upload(final HttpExchange exchange) throws IOException {
        try (exchange) {
            if (!exchange.getRequestMethod().equals("PUT")) {
                exchange.sendResponseHeaders(405, -1);
                return;
            }
            final byte[] answer = Sha256.answer(exchange.getRequestBody(), pace(exchange));
            exchange.getResponseHeaders().set("Content-Type", "text/plain");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }
}
