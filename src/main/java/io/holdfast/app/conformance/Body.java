package io.holdfast.app.conformance;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads a frame's body field by field; a missing field, or bytes left over at {@link #end}, make the frame malformed. */
final class Body {
    private final ByteBuffer bytes;

    Body(final ByteBuffer bytes) {
        this.bytes = bytes.order(ByteOrder.BIG_ENDIAN);
    }

    int u8() throws MalformedFrameException {
        need(1);
        return bytes.get() & 0xFF;
    }

    int u16() throws MalformedFrameException {
        need(2);
        return bytes.getShort() & 0xFFFF;
    }

    int i32() throws MalformedFrameException {
        need(4);
        return bytes.getInt();
    }

    long u32() throws MalformedFrameException {
        return i32() & 0xFFFF_FFFFL;
    }

    long i64() throws MalformedFrameException {
        need(8);
        return bytes.getLong();
    }

    byte[] bytes(final int n) throws MalformedFrameException {
        need(n);
        final byte[] result = new byte[n];
        bytes.get(result);
        return result;
    }

    /** u16 length, UTF-8. */
    String str() throws MalformedFrameException {
        final byte[] utf8 = bytes(u16());
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
        } catch (final CharacterCodingException e) {
            throw new MalformedFrameException("string is not UTF-8");
        }
    }

    /** u8 length (0, 4 or 16), bytes. */
    byte[] ip() throws MalformedFrameException {
        final int length = u8();
        if (length != 0 && length != 4 && length != 16) {
            throw new MalformedFrameException("address of " + length + " bytes");
        }
        return bytes(length);
    }

    /** An address and a u16 port, which is there even if the address is empty. */
    Address addr() throws MalformedFrameException {
        final byte[] ip = ip();
        return new Address(ip, u16());
    }

    /** Everything that is left. */
    byte[] rest() {
        final byte[] result = new byte[bytes.remaining()];
        bytes.get(result);
        return result;
    }

    void end() throws MalformedFrameException {
        if (bytes.hasRemaining()) {
            throw new MalformedFrameException(bytes.remaining() + " bytes too many");
        }
    }

    private void need(final int n) throws MalformedFrameException {
        if (bytes.remaining() < n) {
            throw new MalformedFrameException("body ends " + (n - bytes.remaining()) + " bytes too early");
        }
    }
}
