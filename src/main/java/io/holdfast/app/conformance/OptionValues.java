package io.holdfast.app.conformance;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Encodings of option values: ints as big-endian i32, names as text. */
final class OptionValues {
    private OptionValues() {
    }

    static byte[] ofInt(final int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    static byte[] ofInts(final int first, final int second) {
        return ByteBuffer.allocate(8).putInt(first).putInt(second).array();
    }

    static byte[] ofName(final String name) {
        return name.getBytes(StandardCharsets.US_ASCII);
    }

    /** The int at {@code index}; EINVAL if the value is too short, as in setsockopt. */
    static int toInt(final byte[] value, final int index) throws ErrnoException {
        if (value.length < 4 * (index + 1)) {
            throw new ErrnoException(Errno.EINVAL);
        }
        return ByteBuffer.wrap(value).getInt(4 * index);
    }

    static boolean toBoolean(final byte[] value) throws ErrnoException {
        return toInt(value, 0) != 0;
    }

    /** {@code [min, max]} or EINVAL. */
    static int toInt(final byte[] value, final int min, final int max) throws ErrnoException {
        final int number = toInt(value, 0);
        if (number < min || number > max) {
            throw new ErrnoException(Errno.EINVAL);
        }
        return number;
    }

    /** Up to a NUL, if there is one. */
    static String toName(final byte[] value) throws ErrnoException {
        if (value.length == 0) {
            throw new ErrnoException(Errno.EINVAL);
        }
        int length = 0;
        while (length < value.length && value[length] != 0) {
            length++;
        }
        return new String(value, 0, length, StandardCharsets.US_ASCII);
    }
}
