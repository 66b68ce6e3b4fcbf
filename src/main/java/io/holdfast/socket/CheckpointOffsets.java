package io.holdfast.socket;

import io.holdfast.stack.Endpoint;
import java.nio.ByteBuffer;

/** Where the last checkpoint of a connection stands; see {@link StreamSocket#checkpoint}. By its application's threads. */
final class CheckpointOffsets {
    private long read;
    private long write;

    /** This application, on another host, had said so. */
    void resume(final long readOffset, final long writeOffset) {
        read = readOffset;
        write = writeOffset;
    }

    /**
     * @param most bytes of a blob at most
     * @return false if it was not taken
     */
    boolean take(final Endpoint endpoint, final long readOffset, final long writeOffset, final ByteBuffer blob, final int most) {
        inRange("read", readOffset, read, endpoint.connection().receiveBuffer().head());
        inRange("write", writeOffset, write, endpoint.connection().sendBuffer().tail());
        if (blob.remaining() > most) {
            throw new IllegalArgumentException("a blob of " + blob.remaining() + " bytes: at most " + most);
        }
        final byte[] bytes = new byte[blob.remaining()];
        blob.get(bytes);
        final Endpoint.EventRecorder recorder = endpoint.recorder();
        if (recorder == null || !recorder.onCheckpoint(readOffset, writeOffset, bytes)) {
            return false;
        }
        read = readOffset;
        write = writeOffset;
        return true;
    }

    private static void inRange(final String which, final long offset, final long from, final long to) {
        if (offset < from || offset > to) {
            throw new IllegalArgumentException(which + " offset " + offset + ": from " + from + " to " + to);
        }
    }
}
