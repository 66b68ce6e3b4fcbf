package io.holdfast.app.sample;

import io.holdfast.socket.Checkpoint;
import io.holdfast.socket.Readiness;
import io.holdfast.socket.StreamSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One client of the order gateway: numbers its orders, keeps its position, and answers each line with one. Its whole state is two
 * numbers, which it checkpoints after each batch of whole lines. Runs on a thread of its own.
 */
final class OrderSession implements Runnable {
    private static final int MAX_LINE_BYTES = 1_024;
    private static final int BUFFER_BYTES = 16 * 1_024;
    private static final int STATE_BYTES = 2 * Long.BYTES;

    private final StreamSocket socket;
    /** Read, and not answered yet: at most one line that is not whole, between reads. */
    private final ByteBuffer in = ByteBuffer.allocate(BUFFER_BYTES);
    private final byte[] line = new byte[MAX_LINE_BYTES];
    private int lineLength;
    private long orders;
    private long position;
    /** Bytes of the answers to come that the session before this one has written, on a host that is gone. */
    private long written;

    OrderSession(final StreamSocket socket) {
        this.socket = socket;
    }

    /** Goes on where another host's session said last that it was. */
    static OrderSession resume(final StreamSocket socket, final Checkpoint checkpoint) throws IOException {
        final OrderSession session = new OrderSession(socket);
        final ByteBuffer state = checkpoint.blob();
        if (state.hasRemaining()) {
            session.orders = state.getLong();
            session.position = state.getLong();
        }
        session.written = socket.writeOffset() - checkpoint.writeOffset();
        return session;
    }

    @Override
    public void run() {
        try {
            while (socket.isOpen()) {
                socket.await(Readiness.READ, -1);
                if (socket.read(in) < 0) {
                    break;
                }
                answer();
            }
        } catch (final IOException e) {
            // The client is gone: nothing to tell it.
        }
        socket.close();
    }

    private void answer() throws IOException {
        in.flip();
        final StringBuilder answers = new StringBuilder();
        while (takeLine()) {
            continueWith(answers);
        }
        in.compact();
        if (answers.length() > 0) {
            write(ByteBuffer.wrap(answers.toString().getBytes(StandardCharsets.US_ASCII)));
            // The part of the next line in hand will be read again. The bytes still to be skipped do not belong to these lines.
            socket.checkpoint(socket.readOffset() - in.position(), socket.writeOffset() - written,
                ByteBuffer.allocate(STATE_BYTES).putLong(orders).putLong(position).flip());
        } else if (in.position() > MAX_LINE_BYTES) {
            throw new IOException("a line of more than " + MAX_LINE_BYTES + " bytes");
        }
    }

    private boolean takeLine() throws IOException {
        for (int i = in.position(); i < in.limit(); i++) {
            if (in.get(i) == '\n') {
                lineLength = i - in.position();
                if (lineLength > MAX_LINE_BYTES) {
                    throw new IOException("a line of more than " + MAX_LINE_BYTES + " bytes");
                }
                in.get(line, 0, lineLength).get();
                return true;
            }
        }
        return false;
    }

    /** {@code BUY n} or {@code SELL n}; anything else is rejected. */
    private void continueWith(final StringBuilder answers) {
        final String[] words = new String(line, 0, lineLength, StandardCharsets.US_ASCII).trim().split(" +");
        final long quantity = words.length == 2 ? quantity(words[1]) : 0;
        final int sign = words[0].equals("BUY") ? 1 : words[0].equals("SELL") ? -1 : 0;
        orders++;
        if (sign == 0 || quantity <= 0) {
            answers.append(orders).append(" REJECTED\n");
            return;
        }
        position += sign * quantity;
        answers.append(orders).append(" FILLED ").append(words[0]).append(' ').append(quantity).append(" POSITION ").append(position)
            .append('\n');
    }

    private static long quantity(final String word) {
        try {
            return Math.min(Long.parseLong(word), Integer.MAX_VALUE);
        } catch (final NumberFormatException e) {
            return 0;
        }
    }

    private void write(final ByteBuffer bytes) throws IOException {
        final int known = (int) Math.min(written, bytes.remaining());
        bytes.position(known);
        written -= known;
        while (bytes.hasRemaining()) {
            if (socket.write(bytes) == 0) {
                socket.await(Readiness.WRITE, -1);
            }
        }
    }
}
