package survey;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Works with a small server. Arguments: ADDRESS PORT UNTIL line|data|counter|alternate, or ADDRESS PORT - total. */
public final class SmallClient {
    private static final int TIMEOUT_MS = 30_000;
    private static final int LINES_MOST = 2_000;
    private static final int BYTES_MOST = 20_000;
    private static final int OPS_A_CONNECTION = 40;
    private static String address;
    private static int port;
    private static Work work;

    private SmallClient() {
    }

    /** Ends with 0 if all was right. */
    public static void main(final String[] args) throws Exception {
        address = args[0];
        port = Integer.parseInt(args[1]);
        work = new Work(args[2]);
        switch (args[3]) {
            case "line", "data" -> sideBySide(args[3].equals("line"));
            case "counter" -> one(1);
            case "alternate" -> one(2);
            case "total" -> {
                try (Lines lines = new Lines()) {
                    System.out.println("total " + lines.ask("get"));
                }
            }
            default -> throw new IllegalArgumentException(args[3]);
        }
    }

    /** One connection that lives as long as the client, and another that is made again and again. */
    private static void sideBySide(final boolean lines) throws InterruptedException {
        final List<Thread> threads = new ArrayList<>();
        for (final int ops : new int[] {Integer.MAX_VALUE, OPS_A_CONNECTION}) {
            threads.add(Work.thread(() -> {
                final Random random = new Random(ops);
                while (work.goOn()) {
                    if (lines) {
                        askLines(random, ops);
                    } else {
                        askData(random, ops);
                    }
                }
            }));
        }
        for (final Thread thread : threads) {
            thread.join();
        }
    }

    private static void askLines(final Random random, final int ops) throws IOException {
        try (Lines lines = new Lines()) {
            for (int number = 1; number <= ops && work.goOn(); number++) {
                final long since = System.nanoTime();
                final String line = "x".repeat(random.nextInt(LINES_MOST)) + number;
                Work.expect(number + " " + line.length() + " " + line.hashCode(), lines.ask(line), "line " + number);
                Work.done("line", since);
            }
        }
    }

    private static void askData(final Random random, final int ops) throws IOException {
        try (Socket socket = connect()) {
            final DataInputStream in = new DataInputStream(socket.getInputStream());
            final DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            for (int number = 1; number <= ops && work.goOn(); number++) {
                final long since = System.nanoTime();
                final byte[] bytes = new byte[random.nextInt(BYTES_MOST)];
                random.nextBytes(bytes);
                out.writeInt(bytes.length);
                out.write(bytes);
                Work.expect(number, in.readInt(), "number");
                Work.expect(Work.crc(bytes), in.readLong(), "checksum " + number);
                Work.expect(Work.crc(bytes), Work.crc(in.readNBytes(bytes.length)), "bytes " + number);
                Work.done("data", since);
            }
        }
    }

    /** One client adds, and knows the total: on one connection after the other, or on several by turns. */
    private static void one(final int connections) throws IOException {
        final Random random = new Random(1);
        long total = 0;
        while (work.goOn()) {
            final List<Lines> open = new ArrayList<>();
            try {
                for (int i = 0; i < connections; i++) {
                    open.add(new Lines());
                }
                final int ops = connections > 1 ? Integer.MAX_VALUE : OPS_A_CONNECTION;
                for (int i = 0; i < ops && work.goOn(); i++) {
                    final long since = System.nanoTime();
                    final int amount = random.nextInt(1_000);
                    total += amount;
                    Work.expect(Long.toString(total), open.get(i % connections).ask("add " + amount), "total");
                    Work.done("add", since);
                }
            } finally {
                for (final Lines lines : open) {
                    lines.close();
                }
            }
        }
        System.out.println("total " + total);
    }

    private static Socket connect() throws IOException {
        final Socket socket = new Socket(address, port);
        socket.setSoTimeout(TIMEOUT_MS);
        socket.setTcpNoDelay(true);
        return socket;
    }

    /** Questions and answers, a line each. */
    private static final class Lines implements AutoCloseable {
        private final Socket socket = connect();
        private final PrintWriter out = new PrintWriter(socket.getOutputStream(), true);
        private final BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream()));

        Lines() throws IOException {
        }

        String ask(final String line) throws IOException {
            out.println(line);
            final String answer = in.readLine();
            return answer == null ? "the end of the stream" : answer;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
