package io.holdfast.app.conformance;

import java.util.Arrays;

/** One RECV on its way: the request, and the bytes received so far. */
final class Receipt {
    private static final int FIRST_BYTES = 2048;

    final long max;
    final int flags;
    /** True if the call may not wait. */
    final boolean nonBlocking;
    /** Bytes taken off the stream or of the datagram, including those not copied. */
    int result;
    Address source = Address.NONE;
    private byte[] bytes = new byte[0];
    private int length;

    Receipt(final long max, final int flags, final boolean nonBlocking) {
        this.max = max;
        this.flags = flags;
        this.nonBlocking = nonBlocking;
    }

    boolean has(final int flag) {
        return (flags & flag) != 0;
    }

    void add(final byte[] src, final int n) {
        if (bytes.length < length + n) {
            bytes = Arrays.copyOf(bytes, Math.max(length + n, Math.max(FIRST_BYTES, 2 * bytes.length)));
        }
        System.arraycopy(src, 0, bytes, length, n);
        length += n;
    }

    /** Forgets the bytes, for a peek that starts again. */
    void restart() {
        length = 0;
        result = 0;
    }

    void write(final Reply reply) {
        reply.result(result).addr(source).bytes(bytes, length);
    }
}
