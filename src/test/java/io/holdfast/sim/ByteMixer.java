package io.holdfast.sim;

import java.nio.ByteBuffer;

/**
 * Makes bytes of bytes: each output byte depends on every input byte before it, so that a server that lost, doubled or
 * swapped a byte of its input shows it for ever after.
 */
final class ByteMixer {
    private final int every;
    private final int makes;
    private long state = 0x243F_6A88_85A3_08D3L;
    private int fed;
    private long word;
    private int left;

    /** Makes {@code makes} bytes of each {@code every} bytes of input. */
    ByteMixer(final int every, final int makes) {
        this.every = every;
        this.makes = makes;
    }

    /** Returns the whole state, so that another mixer can go on elsewhere. */
    ByteBuffer save() {
        return ByteBuffer.allocate(24).putLong(state).putInt(fed).putLong(word).putInt(left).flip();
    }

    /** Restores a state of {@link #save}; does nothing if it is empty. */
    ByteMixer restore(final ByteBuffer saved) {
        if (saved.hasRemaining()) {
            state = saved.getLong();
            fed = saved.getInt();
            word = saved.getLong();
            left = saved.getInt();
        }
        return this;
    }

    /** Returns the number of bytes that come out for a number of bytes that go in. */
    long yield(final long bytes) {
        return bytes / every * makes;
    }

    /** Only when nothing is {@link #ready}. */
    void feed(final byte value) {
        state = (state ^ value & 0xFF) * 0x5851_F42D_4C95_7F2DL + 0x1405_7B7E_F767_814FL;
        if (++fed == every) {
            fed = 0;
            word = state;
            left = makes;
        }
    }

    int ready() {
        return left;
    }

    byte take() {
        left--;
        word = word * 0x2545_F491_4F6C_DD1DL + 1;
        return (byte) (word >>> 56);
    }
}
