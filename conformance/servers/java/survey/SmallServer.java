package survey;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Small servers with blocking sockets, a thread for each connection, as they are written every day. Arguments: ADDRESS PORT
 * line|data|counter platform|virtual.
 */
public final class SmallServer {
    private static long total;

    private SmallServer() {
    }

    /** Serves for ever. */
    public static void main(final String[] args) throws Exception {
        final Executor threads = args[3].equals("virtual") ? virtualThreads() : task -> new Thread(task).start();
        final ServerSocket listener = new ServerSocket(Integer.parseInt(args[1]), 200, InetAddress.getByName(args[0]));
        System.out.println("listening");
        while (true) {
            final Socket socket = listener.accept();
            threads.execute(() -> serve(socket, args[2]));
        }
    }

    private static void serve(final Socket socket, final String kind) {
        try (socket) {
            switch (kind) {
                case "line" -> lines(socket);
                case "data" -> data(socket);
                case "counter" -> counter(socket);
                default -> throw new IllegalArgumentException(kind);
            }
        } catch (final IOException e) {
            System.out.println("connection: " + e);
        }
    }

    /** Each line is answered with its number, its length and its hash. */
    private static void lines(final Socket socket) throws IOException {
        final BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream()));
        final PrintWriter out = new PrintWriter(socket.getOutputStream(), true);
        int number = 0;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            out.println(++number + " " + line.length() + " " + line.hashCode());
        }
    }

    /** Length and bytes are answered with a number, a checksum and the bytes. */
    private static void data(final Socket socket) throws IOException {
        final DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        final DataOutputStream out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
        int number = 0;
        try {
            while (true) {
                final byte[] bytes = new byte[in.readInt()];
                in.readFully(bytes);
                out.writeInt(++number);
                out.writeLong(Work.crc(bytes));
                out.write(bytes);
                out.flush();
            }
        } catch (final EOFException e) {
            // The client has ended.
        }
    }

    /** "add N" and "get" are answered with the total of all connections. */
    private static void counter(final Socket socket) throws IOException {
        final BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream()));
        final PrintWriter out = new PrintWriter(socket.getOutputStream(), true);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            out.println(add(line.startsWith("add ") ? Long.parseLong(line.substring(4)) : 0));
        }
    }

    private static synchronized long add(final long amount) {
        total += amount;
        return total;
    }

    private static ExecutorService virtualThreads() throws ReflectiveOperationException {
        return (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    }
}
