package survey;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The web application that all web servers of the survey serve. {@code /count}: how often it was asked;
 * {@code /bytes?size=N&seed=N}: bytes; {@code /sum}: the hash of what is sent. Any thread.
 */
final class HttpApp {
    private static final int BLOCK = 65_536;
    private static final AtomicLong COUNT = new AtomicLong();

    private HttpApp() {
    }

    /** @param query may be null; @param body may be null, and is read to its end. */
    static byte[] answer(final String path, final String query, final InputStream body) throws IOException {
        return switch (path) {
            case "/count" -> text(Long.toString(COUNT.incrementAndGet()));
            case "/bytes" -> content(number(query, "size"), number(query, "seed"));
            case "/sum" -> text(sum(body.readAllBytes()));
            default -> text("nothing here");
        };
    }

    /** As clients/common.py has it. */
    static byte[] content(final int size, final int seed) {
        final byte[] bytes = new byte[size];
        for (int at = 0; at < size; at++) {
            final int i = at % BLOCK;
            bytes[at] = (byte) (i * 31 + (i >> 8) * 7 + seed * 17);
        }
        return bytes;
    }

    private static int number(final String query, final String name) {
        for (final String one : query.split("&")) {
            if (one.startsWith(name + "=")) {
                return Integer.parseInt(one.substring(name.length() + 1));
            }
        }
        throw new IllegalArgumentException(query);
    }

    private static String sum(final byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] text(final String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
