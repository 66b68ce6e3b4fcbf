package io.holdfast.lab.server;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ServerSocketFactory;

/**
 * As servers were written before NIO: a {@link ServerSocket} and a thread a connection. {@code BlockingHttpServer HOST
 * PORT DIRECTORY [KEYSTORE PASSWORD]}: as much HTTP/1.1 with kept-alive connections as curl and wrk speak. "/" answers a
 * greeting, "/file/NAME" a file, a PUT the number of bytes it got. With a key store its sockets are the JDK's TLS sockets.
 */
public final class BlockingHttpServer {
    private static final byte[] GREETING = "Hello, world!".getBytes(StandardCharsets.US_ASCII);
    private static final int COPY_BYTES = 64 * 1024;

    private BlockingHttpServer() {
    }

    public static void main(final String[] arguments) throws Exception {
        final Path directory = Path.of(arguments[2]);
        final ExecutorService threads = Executors.newCachedThreadPool();
        final ServerSocketFactory sockets = arguments.length > 3
            ? ServerKeys.context(Path.of(arguments[3]), arguments[4]).getServerSocketFactory() : ServerSocketFactory.getDefault();
        try (ServerSocket server = sockets.createServerSocket(
            Integer.parseInt(arguments[1]), 1024, InetAddress.getByName(arguments[0]))) {
            System.out.println("listening");
            while (true) {
                final Socket socket = server.accept();
                threads.execute(() -> serve(socket, directory));
            }
        }
    }

    private static void serve(final Socket socket, final Path directory) {
        try (socket) {
            socket.setTcpNoDelay(true);
            final InputStream in = new BufferedInputStream(socket.getInputStream(), COPY_BYTES);
            final OutputStream out = new BufferedOutputStream(socket.getOutputStream(), COPY_BYTES);
            String request = line(in);
            while (request != null) {
                final boolean more = answer(request.split(" "), in, out, directory);
                out.flush();
                request = more ? line(in) : null;
            }
        } catch (final IOException e) {
            // The client is gone.
        }
    }

    /** Returns false if the client wants the connection closed. */
    private static boolean answer(
        final String[] request, final InputStream in, final OutputStream out, final Path directory) throws IOException {
        long bodyBytes = 0;
        boolean more = true;
        for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
            final String lower = header.toLowerCase();
            if (lower.startsWith("content-length:")) {
                bodyBytes = Long.parseLong(lower.substring(15).trim());
            } else if (lower.startsWith("expect:")) {
                out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                out.flush();
            } else if (lower.equals("connection: close")) {
                more = false;
            }
        }
        if (request[0].equals("PUT")) {
            final long got = skip(in, bodyBytes);
            final byte[] body = (got + "\n").getBytes(StandardCharsets.US_ASCII);
            head(out, body.length);
            out.write(body);
        } else if (request[1].startsWith("/file/")) {
            final Path file = directory.resolve(request[1].substring(6));
            head(out, Files.size(file));
            Files.copy(file, out);
        } else {
            head(out, GREETING.length);
            out.write(GREETING);
        }
        return more;
    }

    private static long skip(final InputStream in, final long bodyBytes) throws IOException {
        final byte[] buffer = new byte[COPY_BYTES];
        long got = 0;
        while (got < bodyBytes) {
            final int n = in.read(buffer, 0, (int) Math.min(buffer.length, bodyBytes - got));
            if (n < 0) {
                throw new IOException("upload ended early");
            }
            got += n;
        }
        return got;
    }

    private static void head(final OutputStream out, final long length) throws IOException {
        out.write(("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + length + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    }

    /** A line without its end; null at the end of the stream. */
    private static String line(final InputStream in) throws IOException {
        final StringBuilder line = new StringBuilder(80);
        int c = in.read();
        if (c < 0) {
            return null;
        }
        while (c >= 0 && c != '\n') {
            if (c != '\r') {
                line.append((char) c);
            }
            c = in.read();
        }
        return line.toString();
    }
}
