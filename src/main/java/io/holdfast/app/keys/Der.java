package io.holdfast.app.keys;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/** The distinguished encoding rules of ASN.1 (X.690), as far as a certificate needs them. */
final class Der {
    private static final int BOOLEAN = 0x01;
    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int OCTET_STRING = 0x04;
    private static final int OBJECT_IDENTIFIER = 0x06;
    private static final int UTF8_STRING = 0x0c;
    private static final int UTC_TIME = 0x17;
    private static final int GENERALIZED_TIME = 0x18;
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    /** The last year that UTCTime can say (RFC 5280, 4.1.2.5). */
    private static final int LAST_UTC_TIME_YEAR = 2049;

    private Der() {
    }

    static byte[] sequence(final byte[]... elements) {
        return tagged(SEQUENCE, elements);
    }

    static byte[] set(final byte[]... elements) {
        return tagged(SET, elements);
    }

    static byte[] integer(final BigInteger value) {
        return tagged(INTEGER, value.toByteArray());
    }

    static byte[] yes() {
        return tagged(BOOLEAN, new byte[] {(byte) 0xff});
    }

    static byte[] octets(final byte[] value) {
        return tagged(OCTET_STRING, value);
    }

    static byte[] text(final String value) {
        return tagged(UTF8_STRING, value.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * @param unusedBits in the last byte
     */
    static byte[] bits(final int unusedBits, final byte... value) {
        return tagged(BIT_STRING, new byte[] {(byte) unusedBits}, value);
    }

    /**
     * @param numbers the first two are one byte together, the others of any size
     */
    static byte[] objectIdentifier(final int... numbers) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(numbers[0] * 40 + numbers[1]);
        for (int i = 2; i < numbers.length; i++) {
            for (int shift = 28; shift >= 0; shift -= 7) {
                if (shift == 0 || numbers[i] >>> shift != 0) {
                    out.write(numbers[i] >>> shift & 0x7f | (shift == 0 ? 0 : 0x80));
                }
            }
        }
        return tagged(OBJECT_IDENTIFIER, out.toByteArray());
    }

    /** Encodes a time to the second, in UTC. */
    static byte[] time(final ZonedDateTime time) {
        final ZonedDateTime utc = time.withZoneSameInstant(ZoneOffset.UTC);
        final boolean isShort = utc.getYear() <= LAST_UTC_TIME_YEAR;
        final String text = DateTimeFormatter.ofPattern(isShort ? "yyMMddHHmmss'Z'" : "yyyyMMddHHmmss'Z'").format(utc);
        return tagged(isShort ? UTC_TIME : GENERALIZED_TIME, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Context-specific and constructed: {@code [number]} EXPLICIT. */
    static byte[] explicit(final int number, final byte[] element) {
        return tagged(0xa0 | number, element);
    }

    /** Context-specific and primitive: {@code [number]} IMPLICIT. */
    static byte[] implicit(final int number, final byte[] content) {
        return tagged(0x80 | number, content);
    }

    private static byte[] tagged(final int tag, final byte[]... contents) {
        int length = 0;
        for (final byte[] content : contents) {
            length += content.length;
        }
        final ByteArrayOutputStream out = new ByteArrayOutputStream(length + 6);
        out.write(tag);
        if (length < 0x80) {
            out.write(length);
        } else {
            final byte[] digits = BigInteger.valueOf(length).toByteArray();
            final int skip = digits[0] == 0 ? 1 : 0;
            out.write(0x80 | digits.length - skip);
            out.write(digits, skip, digits.length - skip);
        }
        for (final byte[] content : contents) {
            out.write(content, 0, content.length);
        }
        return out.toByteArray();
    }
}
