package io.holdfast.app.conformance;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;

/**
 * Cuts a byte stream into requests: {@code u32 length | u8 op | u8 flags | u16 0 | u32 id | i64 t_us | body}, big endian,
 * the length counted from op. One thread.
 */
final class FrameReader {
    /** Header bytes that the length counts. */
    static final int HEADER_BYTES = 16;
    /** Longest frame taken; a longer one counts as malformed. Room for one send of 64 MiB. */
    static final int MAX_FRAME_BYTES = (64 << 20) + 4096;
    private static final int INITIAL_BYTES = 16 * 1024;
    private static final int MAX_IDLE_BYTES = 1 << 20;

    private final ReadableByteChannel channel;
    /** Between position and limit: bytes read from the channel and not handed out. */
    private ByteBuffer buffer = ByteBuffer.allocate(INITIAL_BYTES).order(ByteOrder.BIG_ENDIAN).limit(0);

    FrameReader(final ReadableByteChannel channel) {
        this.channel = channel;
    }

    /**
     * Waits for the next request, whose body is valid until the next call.
     *
     * @return null at the end of the stream
     */
    Request next() throws IOException, MalformedFrameException {
        if (!fill(Integer.BYTES)) {
            if (buffer.hasRemaining()) {
                throw new MalformedFrameException("stream ends within a frame");
            }
            return null;
        }
        final long length = buffer.getInt() & 0xFFFF_FFFFL;
        if (length < HEADER_BYTES || length > MAX_FRAME_BYTES) {
            throw new MalformedFrameException("frame of " + length + " bytes");
        }
        if (!fill((int) length)) {
            throw new MalformedFrameException("stream ends within a frame");
        }
        final int end = buffer.position() + (int) length;
        final Op op = Op.of(buffer.get() & 0xFF);
        final int flags = buffer.get() & 0xFF;
        if (buffer.getShort() != 0) {
            throw new MalformedFrameException("reserved field is not 0");
        }
        final int id = buffer.getInt();
        final long tUs = buffer.getLong();
        final ByteBuffer body = buffer.slice(buffer.position(), end - buffer.position());
        buffer.position(end);
        return new Request(op, flags, id, tUs, new Body(body));
    }

    private boolean fill(final int bytes) throws IOException {
        while (buffer.remaining() < bytes) {
            if (buffer.limit() == buffer.capacity() || !buffer.hasRemaining()) {
                makeRoom();
            }
            final int position = buffer.position();
            buffer.position(buffer.limit()).limit(buffer.capacity());
            final int n = channel.read(buffer);
            buffer.limit(buffer.position()).position(position);
            if (n < 0) {
                return false;
            }
        }
        return true;
    }

    /** Memory grows only as bytes really come, so that a length alone costs nothing; a large frame's is given back. */
    private void makeRoom() {
        if (!buffer.hasRemaining() && buffer.capacity() > MAX_IDLE_BYTES) {
            buffer = ByteBuffer.allocate(INITIAL_BYTES).limit(0);
        } else if (buffer.position() > 0 || buffer.limit() == 0) {
            buffer.compact().flip();
        } else {
            buffer = ByteBuffer.allocate(buffer.capacity() * 2).put(buffer).flip();
        }
        buffer.order(ByteOrder.BIG_ENDIAN);
    }
}
