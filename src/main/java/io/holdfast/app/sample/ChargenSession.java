package io.holdfast.app.sample;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** Sends the rotating pattern of RFC 864: lines of 72 of the 95 printable characters, each starting one further. */
final class ChargenSession implements EventLoop.Session {
    private static final int CHARACTERS = 95;
    private static final int LINE_CHARACTERS = 72;
    /** After this many bytes the pattern starts again. */
    static final int PERIOD_BYTES = CHARACTERS * (LINE_CHARACTERS + 2);
    private static final int PERIODS = 16;
    private static final ByteBuffer PATTERN = pattern();

    private final ByteBuffer pattern = PATTERN.duplicate();
    private boolean inputEnded;

    @Override
    public int initialInterest() {
        return SelectionKey.OP_READ | SelectionKey.OP_WRITE;
    }

    @Override
    public int onReady(final SocketChannel channel, final ByteBuffer scratch) throws IOException {
        if (!inputEnded && channel.read(scratch) < 0) {
            inputEnded = true; // half-closed: the client may still be reading
        }
        channel.write(pattern);
        if (pattern.position() >= PERIOD_BYTES) {
            pattern.position(pattern.position() % PERIOD_BYTES);
        }
        return inputEnded ? SelectionKey.OP_WRITE : SelectionKey.OP_READ | SelectionKey.OP_WRITE;
    }

    private static ByteBuffer pattern() {
        final ByteBuffer buffer = ByteBuffer.allocateDirect(PERIODS * PERIOD_BYTES);
        for (int period = 0; period < PERIODS; period++) {
            for (int line = 0; line < CHARACTERS; line++) {
                for (int i = 0; i < LINE_CHARACTERS; i++) {
                    buffer.put((byte) (' ' + (line + i) % CHARACTERS));
                }
                buffer.put((byte) '\r').put((byte) '\n');
            }
        }
        return buffer.flip();
    }
}
