package io.holdfast.sim;

import io.holdfast.socket.StreamSocket;
import io.holdfast.util.SeededRandom;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One side of one connection: writes a stream whose bytes follow from its id and offset, reads the other's and compares,
 * in portions and with pauses as the seed says (none without a seed), and closes its side at the end.
 */
class Talk {
    private static final int WHOLE = 65_536;
    /** A prime length, so that no power of two in the stack hides a shift. */
    private static final byte[] PATTERN = new byte[65_521];

    static {
        final SeededRandom random = new SeededRandom(1);
        for (int i = 0; i < PATTERN.length; i++) {
            PATTERN[i] = (byte) random.nextLong();
        }
    }


    final String name;
    private final StreamSocket socket;
    private final long outSalt;
    private final long inSalt;
    private final long toWrite;
    private final long toRead;
    private final SeededRandom random;
    private final boolean slowReader;
    private long written;
    private long read;
    private boolean shut;
    private boolean over;
    private int host = -1;
    private boolean ended;
    IOException failure;
    /** When the last byte was read. */
    long readAllNs;
    /** The application sleeps until then. */
    long wakeNs;

    Talk(final String name, final StreamSocket socket, final long outSalt, final long inSalt, final long toWrite,
        final long toRead, final SeededRandom random) {
        this.name = name;
        this.socket = socket;
        this.outSalt = outSalt;
        this.inSalt = inSalt;
        this.toWrite = toWrite;
        this.toRead = toRead;
        this.random = random;
        slowReader = random != null && random.nextInt(4) == 0;
    }

    /** The bytes of the stream with that salt from that offset on, into {@code into} from its start. */
    private static void fill(final long salt, final long offset, final byte[] into, final int length) {
        int done = 0;
        while (done < length) {
            final int from = (int) Math.floorMod(offset + done + salt, (long) PATTERN.length);
            final int n = Math.min(length - done, PATTERN.length - from);
            System.arraycopy(PATTERN, from, into, done, n);
            done += n;
        }
    }

    boolean over() {
        return over;
    }

    /** Which host it runs on, if that may crash. */
    Talk on(final int value) {
        host = value;
        return this;
    }

    /** Its host is gone. */
    void die(final int crashed) {
        over |= host == crashed;
    }

    /** Does what can be done now; true if something was. */
    boolean run(final long nowNs) {
        if (over || nowNs < wakeNs) {
            return false;
        }
        try {
            if (socket.remoteAddress() == null && !socket.finishConnect()) {
                return false;
            }
            final boolean did = write(nowNs) | read(nowNs);
            if (shut && read == toRead && atEnd()) {
                socket.close();
                over = true;
                return true;
            }
            return did;
        } catch (final IOException e) {
            failure = e;
            socket.close();
            over = true;
            return true;
        }
    }

    private boolean atEnd() throws IOException {
        if (!ended) {
            final int n = socket.read(ByteBuffer.allocate(1));
            check(n <= 0, "more than " + toRead + " bytes arrived");
            ended = n < 0;
        }
        return ended;
    }

    private boolean write(final long nowNs) throws IOException {
        if (shut) {
            return false;
        }
        if (written == toWrite) {
            socket.shutdownOutput();
            shut = true;
            return true;
        }
        final int length = (int) Math.min(toWrite - written, random == null ? WHOLE : 1 + random.nextInt(20_000));
        final ByteBuffer chunk = ByteBuffer.allocate(length);
        fill(outSalt, written, chunk.array(), length);
        final int n = socket.write(chunk);
        written += n;
        if (n > 0 && random != null && random.nextInt(50) == 0) {
            wakeNs = nowNs + random.nextInt(2_000) * 1_000_000L;
        }
        return n > 0;
    }

    private boolean read(final long nowNs) throws IOException {
        if (read == toRead) {
            return false;
        }
        final ByteBuffer chunk = ByteBuffer.allocate(random == null ? WHOLE : 1 + random.nextInt(slowReader ? 2_000 : 30_000));
        final int n = socket.read(chunk);
        check(n >= 0, "the stream ended after " + read + " of " + toRead + " bytes");
        if (n > 0) {
            final byte[] expected = new byte[n];
            fill(inSalt, read, expected, n);
            final int wrong = Arrays.mismatch(expected, 0, n, chunk.array(), 0, n);
            check(wrong < 0, "byte " + (read + wrong) + " is wrong");
        }
        read += n;
        if (read == toRead) {
            readAllNs = nowNs;
        }
        if (n > 0 && random != null && random.nextInt(slowReader ? 4 : 100) == 0) {
            wakeNs = nowNs + random.nextInt(slowReader ? 200 : 1_000) * 1_000_000L;
        }
        return n > 0;
    }

    private void check(final boolean holds, final String what) {
        if (!holds) {
            throw new AssertionError(name + ": " + what);
        }
    }

    @Override
    public String toString() {
        return name + " wrote " + written + "/" + toWrite + " read " + read + "/" + toRead + (shut ? " shut" : "")
            + (over ? " over" : "") + (failure == null ? "" : " failed: " + failure);
    }
}
