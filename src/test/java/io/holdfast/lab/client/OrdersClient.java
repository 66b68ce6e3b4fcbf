package io.holdfast.lab.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A client of the order gateway on the kernel's sockets: sends an order every few milliseconds until the file exists, compares
 * each answer with what it must be, and says how many there were. Arguments: host, port, file.
 */
public final class OrdersClient {
    private static final int PAUSE_MS = 2;
    private static final int SAID_EVERY = 100;

    private OrdersClient() {
    }

    public static void main(final String[] arguments) throws Exception {
        final Path stop = Path.of(arguments[2]);
        try (Socket socket = new Socket(arguments[0], Integer.parseInt(arguments[1]))) {
            socket.setTcpNoDelay(true);
            final long[] sent = new long[1];
            final Thread writer = new Thread(() -> {
                try {
                    sent[0] = write(socket, stop);
                } catch (final IOException | InterruptedException e) {
                    System.out.println("writer: " + e);
                }
            });
            writer.start();
            final long answered = read(socket);
            writer.join();
            System.out.println(answered == sent[0] ? "all of " + sent[0] + " answered" : answered + " of " + sent[0] + " answered");
            System.exit(answered == sent[0] ? 0 : 1);
        }
    }

    private static long write(final Socket socket, final Path stop) throws IOException, InterruptedException {
        final OutputStream out = socket.getOutputStream();
        long n = 0;
        while (!Files.exists(stop)) {
            n++;
            out.write(((n % 3 == 0 ? "SELL " : "BUY ") + n + "\n").getBytes(StandardCharsets.US_ASCII));
            TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
        }
        socket.shutdownOutput();
        return n;
    }

    private static long read(final Socket socket) throws IOException {
        final BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        long n = 0;
        long position = 0;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            n++;
            position += n % 3 == 0 ? -n : n;
            final String expected = n + " FILLED " + (n % 3 == 0 ? "SELL " : "BUY ") + n + " POSITION " + position;
            if (!line.equals(expected)) {
                System.out.println("wrong: \"" + line + "\" in place of \"" + expected + "\"");
                System.exit(2);
            }
            if (n % SAID_EVERY == 0) {
                System.out.println(n + " so far");
            }
        }
        return n;
    }
}
