package io.holdfast.sim;

import io.holdfast.socket.StreamSocket;
import io.holdfast.util.SeededRandom;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One side of one connection: writes a stream whose bytes follow from its id and offset, reads the other's and compares,
 * in portions and with pauses as the seed says, and closes its side at the end.
 */
final class Talk {
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
    IOException failure;
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
        slowReader = random.nextInt(4) == 0;
    }

    static byte valueAt(final long salt, final long offset) {
        final long x = (offset + salt) * 0x9E37_79B9_7F4A_7C15L;
        return (byte) (x >>> 56);
    }

    boolean over() {
        return over;
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

    private boolean ended;

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
        final int length = (int) Math.min(toWrite - written, 1 + random.nextInt(20_000));
        final ByteBuffer chunk = ByteBuffer.allocate(length);
        for (int i = 0; i < length; i++) {
            chunk.put(i, valueAt(outSalt, written + i));
        }
        final int n = socket.write(chunk);
        written += n;
        if (n > 0 && random.nextInt(50) == 0) {
            wakeNs = nowNs + random.nextInt(2_000) * 1_000_000L;
        }
        return n > 0;
    }

    private boolean read(final long nowNs) throws IOException {
        if (read == toRead) {
            return false;
        }
        final ByteBuffer chunk = ByteBuffer.allocate(1 + random.nextInt(slowReader ? 2_000 : 30_000));
        final int n = socket.read(chunk);
        check(n >= 0, "the stream ended after " + read + " of " + toRead + " bytes");
        for (int i = 0; i < n; i++) {
            check(chunk.get(i) == valueAt(inSalt, read + i), "byte " + (read + i) + " is wrong");
        }
        read += n;
        if (n > 0 && random.nextInt(slowReader ? 4 : 100) == 0) {
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
