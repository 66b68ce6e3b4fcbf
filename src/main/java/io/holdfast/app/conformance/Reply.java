package io.holdfast.app.conformance;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Builds the data of one reply, then the whole frame. */
final class Reply {
    private static final int HEAD_BYTES = Integer.BYTES + FrameReader.HEADER_BYTES + Integer.BYTES;

    private ByteBuffer buffer = ByteBuffer.allocate(256).order(ByteOrder.BIG_ENDIAN).position(HEAD_BYTES);
    private int result;

    Reply result(final int value) {
        result = value;
        return this;
    }

    int result() {
        return result;
    }

    Reply u8(final int value) {
        room(1).put((byte) value);
        return this;
    }

    Reply u16(final int value) {
        room(2).putShort((short) value);
        return this;
    }

    Reply i32(final int value) {
        room(4).putInt(value);
        return this;
    }

    Reply i64(final long value) {
        room(8).putLong(value);
        return this;
    }

    Reply bytes(final byte[] value) {
        return bytes(value, value.length);
    }

    Reply bytes(final byte[] value, final int length) {
        room(length).put(value, 0, length);
        return this;
    }

    Reply str(final String value) {
        final byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        return u16(utf8.length).bytes(utf8);
    }

    Reply addr(final Address address) {
        return u8(address.ip().length).bytes(address.ip()).u16(address.port());
    }

    /** A reply with only an error number. */
    Reply error(final int errno) {
        buffer.position(HEAD_BYTES);
        result = -errno;
        return this;
    }

    /** The frame, ready to be written. */
    ByteBuffer frame(final Request request, final long tUs) {
        final int end = buffer.position();
        buffer.putInt(0, end - Integer.BYTES);
        buffer.put(4, (byte) (request.op().code() | 0x80));
        buffer.put(5, (byte) 0);
        buffer.putShort(6, (short) 0);
        buffer.putInt(8, request.id());
        buffer.putLong(12, tUs);
        buffer.putInt(20, result);
        return buffer.flip();
    }

    private ByteBuffer room(final int bytes) {
        if (buffer.remaining() < bytes) {
            final ByteBuffer larger = ByteBuffer.allocate(Math.max(buffer.capacity() * 2, buffer.position() + bytes));
            larger.put(buffer.flip());
            buffer = larger.order(ByteOrder.BIG_ENDIAN);
        }
        return buffer;
    }
}
