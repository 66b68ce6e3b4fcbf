package io.holdfast.conformance.client;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** The fields behind a request's header, big endian, written piece by piece. */
public final class Body {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    public Body u8(final int value) {
        bytes.write(value);
        return this;
    }

    public Body u16(final int value) {
        return u8(value >> 8).u8(value);
    }

    public Body i32(final int value) {
        return u16(value >>> 16).u16(value);
    }

    public Body i64(final long value) {
        return i32((int) (value >>> 32)).i32((int) value);
    }

    public Body bytes(final byte[] value) {
        bytes.writeBytes(value);
        return this;
    }

    /** u16 length and UTF-8. */
    public Body text(final String value) {
        final byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        return u16(utf8.length).bytes(utf8);
    }

    /** u8 length and an IPv4 address. */
    public Body ip(final int address) {
        return u8(4).i32(address);
    }

    /** No address: length 0, and where a port belongs to it, port 0. */
    public Body noAddress() {
        return u8(0).u16(0);
    }

    public byte[] toBytes() {
        return bytes.toByteArray();
    }
}
