package io.holdfast.perf;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.zip.CRC32;

/**
 * A web server, and beside it a handler that writes a byte at each depth of its stack until that overflows, catches the error and
 * goes on: of no interest to anybody else, on a kernel. {@code GET /SIZE} answers that many bytes, {@code PUT} with the CRC-32 of
 * what is sent. Arguments: address, the web's port, the other one's.
 */
public final class OverflowServer {
    private static final int ROUNDS = 300;
    private static final int STACK_BYTES = 256 << 10;
    private static final int BLOCK_BYTES = 65_536;

    private OverflowServer() {
    }

    public static void main(final String[] arguments) throws Exception {
        final HttpServer http = HttpServer.create(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])), 128);
        http.setExecutor(Executors.newCachedThreadPool());
        http.createContext("/", exchange -> {
            if (exchange.getRequestMethod().equals("PUT")) {
                final byte[] sum = Long.toString(sum(exchange.getRequestBody())).getBytes();
                exchange.sendResponseHeaders(200, sum.length);
                exchange.getResponseBody().write(sum);
            } else {
                final int size = Integer.parseInt(exchange.getRequestURI().getPath().substring(1));
                exchange.sendResponseHeaders(200, size == 0 ? -1 : size);
                write(exchange.getResponseBody(), size);
            }
            exchange.close();
        });
        http.start();
        try (ServerSocket listener = new ServerSocket()) {
            listener.bind(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[2])), 50);
            System.out.println("listening");
            while (true) {
                final Socket socket = listener.accept();
                new Thread(null, () -> overflow(socket), "deep", STACK_BYTES).start();
            }
        }
    }

    /** Byte at a position of every answer. */
    static byte content(final int at) {
        return (byte) (at * 31 + (at >> 8) * 7);
    }

    private static void write(final OutputStream out, final int size) throws IOException {
        final byte[] block = new byte[BLOCK_BYTES];
        for (int at = 0; at < size; at += BLOCK_BYTES) {
            final int length = Math.min(BLOCK_BYTES, size - at);
            for (int i = 0; i < length; i++) {
                block[i] = content(at + i);
            }
            out.write(block, 0, length);
        }
    }

    private static long sum(final InputStream in) throws IOException {
        final CRC32 sum = new CRC32();
        final byte[] block = new byte[BLOCK_BYTES];
        for (int n = in.read(block); n >= 0; n = in.read(block)) {
            sum.update(block, 0, n);
        }
        return sum.getValue();
    }

    private static void overflow(final Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            for (int round = 0; round < ROUNDS; round++) {
                try {
                    descend(ThreadLocalRandom.current().nextInt(40), socket.getOutputStream());
                } catch (final StackOverflowError e) {
                    // The overflow is the purpose of this server.
                    continue;
                }
            }
        } catch (final IOException e) {
            System.out.println("a connection ended: " + e);
        }
    }

    /** Each round begins elsewhere. */
    private static void descend(final int depth, final OutputStream out) throws IOException {
        if (depth > 0) {
            descend(depth - 1, out);
        } else {
            deeper(out);
        }
    }

    private static void deeper(final OutputStream out) throws IOException {
        out.write(1);
        deeper(out);
    }
}
