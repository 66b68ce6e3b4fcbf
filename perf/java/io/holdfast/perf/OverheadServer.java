package io.holdfast.perf;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/**
 * Servers on which the overhead of replication is measured: the JDK's HttpServer and a blocking echo, on the JDK's API alone.
 * {@code OverheadServer HOST HTTP-PORT ECHO-PORT}. "/" answers a greeting, "/down/BYTES" that many bytes, a PUT to "/up" is
 * read, and answered with their number.
 */
public final class OverheadServer {
    private static final int BACKLOG = 1024;
    private static final int COPY_BYTES = 128 * 1024;
    private static final byte[] GREETING = "Hello, world\n".getBytes(StandardCharsets.US_ASCII);

    private OverheadServer() {
    }

    public static void main(final String[] arguments) throws IOException {
        final InetAddress host = InetAddress.getByName(arguments[0]);
        final HttpServer server = HttpServer.create(new InetSocketAddress(host, Integer.parseInt(arguments[1])), BACKLOG);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", OverheadServer::greet);
        server.createContext("/down/", OverheadServer::down);
        server.createContext("/up", OverheadServer::up);
        final ServerSocket echo = new ServerSocket(Integer.parseInt(arguments[2]), BACKLOG, host);
        server.start();
        System.out.println("listening");
        while (true) {
            final Socket socket = echo.accept();
            socket.setTcpNoDelay(true);
            new Thread(() -> echo(socket), "echo").start();
        }
    }

    private static void greet(final HttpExchange exchange) throws IOException {
        answer(exchange, GREETING);
    }

    private static void down(final HttpExchange exchange) throws IOException {
        final String path = exchange.getRequestURI().getPath();
        final long bytes = Long.parseLong(path.substring(path.lastIndexOf('/') + 1));
        exchange.sendResponseHeaders(200, bytes);
        final byte[] block = new byte[COPY_BYTES];
        try (exchange; OutputStream body = exchange.getResponseBody()) {
            for (long left = bytes; left > 0; left -= block.length) {
                body.write(block, 0, (int) Math.min(left, block.length));
            }
        }
    }

    private static void up(final HttpExchange exchange) throws IOException {
        final byte[] block = new byte[COPY_BYTES];
        long bytes = 0;
        try (InputStream body = exchange.getRequestBody()) {
            for (int n = body.read(block); n >= 0; n = body.read(block)) {
                bytes += n;
            }
        }
        answer(exchange, (bytes + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static void answer(final HttpExchange exchange, final byte[] body) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static void echo(final Socket socket) {
        final byte[] block = new byte[COPY_BYTES];
        try (socket) {
            for (int n = socket.getInputStream().read(block); n >= 0; n = socket.getInputStream().read(block)) {
                socket.getOutputStream().write(block, 0, n);
            }
        } catch (final IOException e) {
            // The client has gone; so does its thread.
            return;
        }
    }
}
