package io.holdfast.nio;

import java.nio.ByteBuffer;

/** Questions about arrays of buffers. */
final class Buffers {
    private Buffers() {
    }

    static void requireWritable(final ByteBuffer dst) {
        if (dst.isReadOnly()) {
            throw new IllegalArgumentException("Read-only buffer");
        }
    }

    /** Is there room for a byte? None of them may be read-only. */
    static boolean haveRoom(final ByteBuffer[] dsts, final int offset, final int length) {
        boolean room = false;
        for (int i = offset; i < offset + length; i++) {
            requireWritable(dsts[i]);
            room |= dsts[i].hasRemaining();
        }
        return room;
    }

    static long remaining(final ByteBuffer[] srcs, final int offset, final int length) {
        long total = 0;
        for (int i = offset; i < offset + length; i++) {
            total += srcs[i].remaining();
        }
        return total;
    }
}
