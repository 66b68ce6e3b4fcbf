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
class Talk extends Actor {
    /** Action of the actor once it has written everything. */
    enum Ending {
        /** Ends its stream at once. */
        FIRST,
        /** Ends its stream when the other's has ended. */
        LAST,
        /** Closes without having read what has come: a reset. */
        UNREAD,
        /** Resets, when it has read all. */
        RESET,
        /** Says after a while that it will not read any more, and ends its stream; what comes then is dropped. */
        READ_SHUT
    }

    private static final int WHOLE = 65_536;
    private static final long READ_SHUT_NS = 500_000_000L;

    final Stall stall = new Stall();
    private final Conduit conduit;
    private final ByteStream out;
    private final long toWrite;
    private final long toRead;
    private final SeededRandom random;
    private final boolean slowReader;
    private ByteStream in;
    private Ending ending = Ending.FIRST;
    private Pace pace = Pace.NONE;
    private boolean mayFail;
    private long flipAt = Long.MAX_VALUE;
    private long pauseAt = -1;
    private long pauseNs;
    private ByteBuffer portion;
    private ByteBuffer chunk = ByteBuffer.allocate(0);
    private long written;
    private long read;
    private boolean shut;
    private boolean readShut;
    private boolean ended;
    /** When the last byte was read. */
    long readAllNs;

    Talk(final String name, final StreamSocket socket, final long outSalt, final long inSalt, final long toWrite,
        final long toRead, final SeededRandom random) {
        this(name, new Conduit(socket, null), outSalt, inSalt, toWrite, toRead, random);
    }

    Talk(final String name, final Conduit conduit, final long outSalt, final long inSalt, final long toWrite,
        final long toRead, final SeededRandom random) {
        super(name);
        this.conduit = conduit;
        this.toWrite = toWrite;
        this.toRead = toRead;
        this.random = random;
        out = ByteStream.pattern(outSalt);
        in = ByteStream.pattern(inSalt);
        slowReader = random != null && random.nextInt(4) == 0;
    }

    /** Expected input, instead of the other end's pattern; null for any. */
    Talk expects(final ByteStream stream) {
        in = stream;
        return this;
    }

    Talk ending(final Ending value) {
        ending = value;
        return this;
    }

    Talk pace(final Pace value) {
        pace = value;
        return this;
    }

    /** A failed connection is fine, as long as no wrong byte came before. */
    Talk mayFail() {
        mayFail = true;
        return this;
    }

    @Override
    boolean failed() {
        return super.failed() && !mayFail;
    }

    /** Writes one byte wrong. */
    Talk flips(final long offset) {
        flipAt = offset;
        return this;
    }

    /** Sets a pause after a number of bytes written. */
    Talk pause(final long afterBytes, final long durationNs) {
        pauseAt = afterBytes;
        pauseNs = durationNs;
        return this;
    }

    @Override
    boolean run(final long nowNs) {
        if (over()) {
            return false;
        }
        stall.look(written - conduit.socket.unacknowledged() + read, nowNs);
        if (nowNs < wakeNs || !conduit.connected()) {
            return false;
        }
        try {
            if (abrupt()) {
                return true;
            }
            final boolean did = write(nowNs) | read(nowNs);
            if (shut && (ending == Ending.READ_SHUT ? conduit.peerClosed() : read == toRead && atEnd())) {
                conduit.socket.close();
                end();
                return true;
            }
            return did;
        } catch (final IOException e) {
            failure = e;
            conduit.socket.close();
            end();
            return true;
        }
    }

    private boolean abrupt() {
        if (written < toWrite || ending == Ending.FIRST || ending == Ending.LAST) {
            return false;
        }
        if (ending == Ending.RESET) {
            if (read < toRead) {
                return false;
            }
            conduit.socket.abort();
        } else {
            if (conduit.socket.available() == 0) {
                return false;
            }
            conduit.socket.close();
        }
        end();
        return true;
    }

    private boolean atEnd() throws IOException {
        if (!ended) {
            final int n = conduit.read(ByteBuffer.allocate(1));
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
            if (ending == Ending.LAST && !(read == toRead && atEnd())) {
                return false;
            }
            if (ending == Ending.READ_SHUT && !readShut) {
                conduit.socket.shutdownInput();
                readShut = true;
                sleep(nowNs, READ_SHUT_NS);
                return true;
            }
            conduit.socket.shutdownOutput();
            shut = true;
            return true;
        }
        if (written == pauseAt) {
            pauseAt = -1;
            sleep(nowNs, pauseNs);
            stall.sleepsUntil(wakeNs);
            return true;
        }
        if (!chunk.hasRemaining()) {
            chunk = ByteBuffer.allocate((int) Math.min(limit(), random == null ? pace.bytes() : 1 + random.nextInt(20_000)));
            out.next(chunk.array(), chunk.capacity());
            if (flipAt >= written && flipAt < written + chunk.capacity()) {
                chunk.array()[(int) (flipAt - written)] ^= 1;
            }
        }
        final int n = conduit.write(chunk);
        written += n;
        if (n > 0 && random != null && random.nextInt(50) == 0) {
            sleep(nowNs, random.nextInt(2_000) * 1_000_000L);
        } else if (n > 0 && pace.sleepNs() > 0) {
            sleep(nowNs, pace.sleepNs());
        }
        return n > 0;
    }

    private long limit() {
        return (written < pauseAt ? Math.min(pauseAt, toWrite) : toWrite) - written;
    }

    private void sleep(final long nowNs, final long durationNs) {
        wakeNs = nowNs + durationNs;
    }

    private boolean read(final long nowNs) throws IOException {
        if (!conduit.readable() || read == toRead || ending == Ending.UNREAD || readShut) {
            return false;
        }
        if (portion == null) {
            portion = ByteBuffer.allocate(random == null ? Math.min(WHOLE, pace.bytes()) : WHOLE);
        }
        portion.clear();
        if (random != null) {
            portion.limit(1 + random.nextInt(slowReader ? 2_000 : 30_000));
        }
        final int n = conduit.read(portion);
        check(n >= 0, "the stream ended after " + read + " of " + toRead + " bytes");
        if (n > 0 && in != null) {
            final byte[] expected = new byte[n];
            in.next(expected, n);
            final int wrong = Arrays.mismatch(expected, 0, n, portion.array(), 0, n);
            check(wrong < 0, "byte " + (read + wrong) + " is wrong");
        }
        read += n;
        if (read == toRead) {
            readAllNs = nowNs;
        }
        if (n > 0 && random != null && random.nextInt(slowReader ? 4 : 100) == 0) {
            sleep(nowNs, random.nextInt(slowReader ? 200 : 1_000) * 1_000_000L);
        } else if (n > 0 && pace.sleepNs() > 0) {
            sleep(nowNs, pace.sleepNs());
        }
        return n > 0;
    }

    @Override
    public String toString() {
        return name + " wrote " + written + "/" + toWrite + " read " + read + "/" + toRead + (shut ? " shut" : "")
            + (over() ? " over" : "") + (failure == null ? "" : " failed: " + failure) + " " + conduit;
    }
}
