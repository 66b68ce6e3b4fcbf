package io.holdfast.perf;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;

/**
 * 32 clients of {@link OverflowServer}'s web, beside some of its handler that overflows; every byte is checked. Arguments:
 * address, the web's port, the other one's, seconds. Prints each wrong answer, a line every ten seconds, and sums at the end;
 * exit status 1 if anything was wrong, or nothing was asked.
 */
public final class OverflowClient {
    private static final int CLIENTS = 32;
    private static final int DEEP_CLIENTS = 3;
    private static final int MAX_BYTES = 1 << 20;
    private static final int LIMIT_MS = 30_000;
    private static final int TELL_MS = 10_000;
    private static final int MAX_REQUESTS = 20;

    private final String address;
    private final int port;
    private final int deepPort;
    private final long endNs;
    private final AtomicLong right = new AtomicLong();
    private final AtomicLong wrong = new AtomicLong();
    private final AtomicLong deep = new AtomicLong();
    private final AtomicLong longestNs = new AtomicLong();

    private OverflowClient(final String[] arguments) {
        address = arguments[0];
        port = Integer.parseInt(arguments[1]);
        deepPort = Integer.parseInt(arguments[2]);
        endNs = System.nanoTime() + Long.parseLong(arguments[3]) * 1_000_000_000L;
    }

    public static void main(final String[] arguments) throws Exception {
        final OverflowClient all = new OverflowClient(arguments);
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CLIENTS + DEEP_CLIENTS; i++) {
            final int number = i;
            final Thread thread = new Thread(() -> all.work(number), "client-" + number);
            thread.start();
            threads.add(thread);
        }
        while (!all.isOver()) {
            Thread.sleep(TELL_MS);
            all.tell();
        }
        for (final Thread thread : threads) {
            thread.join();
        }
        all.tell();
        System.exit(all.wrong.get() == 0 && all.right.get() > 0 && all.deep.get() > 0 ? 0 : 1);
    }

    private boolean isOver() {
        return System.nanoTime() - endNs >= 0;
    }

    private void tell() {
        System.out.printf("%d right answers, %d wrong, longest %d ms; %d connections that overflowed%n", right.get(), wrong.get(),
            longestNs.get() / 1_000_000, deep.get());
    }

    private void work(final int number) {
        final SplittableRandom random = new SplittableRandom(number);
        while (!isOver()) {
            try (Socket socket = new Socket()) {
                socket.setSoTimeout(LIMIT_MS);
                socket.connect(new InetSocketAddress(address, number < CLIENTS ? port : deepPort), LIMIT_MS);
                if (number < CLIENTS) {
                    ask(socket, random);
                } else {
                    readOnes(socket.getInputStream());
                    deep.incrementAndGet();
                }
            } catch (final IOException | NumberFormatException e) {
                wrong.incrementAndGet();
                System.out.println("client " + number + ": " + e);
            }
        }
    }

    private static void readOnes(final InputStream in) throws IOException {
        final byte[] block = new byte[65_536];
        for (int n = in.read(block); n >= 0; n = in.read(block)) {
            for (int i = 0; i < n; i++) {
                if (block[i] != 1) {
                    throw new IOException("a " + block[i] + " where only ones are written");
                }
            }
        }
    }

    /** Some requests over one connection. */
    private void ask(final Socket socket, final SplittableRandom random) throws IOException {
        final InputStream in = new BufferedInputStream(socket.getInputStream(), 65_536);
        final OutputStream out = socket.getOutputStream();
        for (int i = random.nextInt(MAX_REQUESTS); i >= 0 && !isOver(); i--) {
            final long beginNs = System.nanoTime();
            final int size = 1 + random.nextInt(1 << random.nextInt(4, Integer.numberOfTrailingZeros(MAX_BYTES) + 1));
            if (random.nextBoolean()) {
                out.write(head("GET /" + size + " HTTP/1.1"));
                requireContent(in, size);
            } else {
                final byte[] body = new byte[size];
                final long sum = fill(body, random);
                out.write(head("PUT / HTTP/1.1\r\nContent-Length: " + size));
                out.write(body);
                final String answer = new String(in.readNBytes(bodyLength(in)), StandardCharsets.US_ASCII);
                if (Long.parseLong(answer) != sum) {
                    throw new IOException("the sum of " + size + " bytes is " + sum + ", not " + answer);
                }
            }
            right.incrementAndGet();
            longestNs.accumulateAndGet(System.nanoTime() - beginNs, Math::max);
        }
    }

    private static long fill(final byte[] body, final SplittableRandom random) {
        random.nextBytes(body);
        final CRC32 sum = new CRC32();
        sum.update(body);
        return sum.getValue();
    }

    private static byte[] head(final String begin) {
        return (begin + "\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static void requireContent(final InputStream in, final int size) throws IOException {
        if (bodyLength(in) != size) {
            throw new IOException("not " + size + " bytes");
        }
        final byte[] got = in.readNBytes(size);
        for (int i = 0; i < size; i++) {
            if (i >= got.length || got[i] != OverflowServer.content(i)) {
                throw new IOException("wrong at " + i + " of " + size);
            }
        }
    }

    /** Reads the head of an answer. */
    private static int bodyLength(final InputStream in) throws IOException {
        final StringBuilder head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            final int next = in.read();
            if (next < 0) {
                throw new IOException("ended in the head: " + head);
            }
            head.append((char) next);
        }
        final String text = head.toString().toLowerCase(java.util.Locale.ROOT);
        if (!text.startsWith("http/1.1 200")) {
            throw new IOException(text);
        }
        final int at = text.indexOf("content-length:");
        return at < 0 ? 0 : Integer.parseInt(text.substring(at + 15, text.indexOf('\r', at)).trim());
    }
}
