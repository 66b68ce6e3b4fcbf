package io.holdfast.conformance.robustness;

import io.holdfast.counters.Counters;
import io.holdfast.replication.log.History;
import io.holdfast.replication.log.HistoryLimits;
import io.holdfast.replication.log.HistoryListener;
import io.holdfast.replication.log.LogReceiver;
import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Messages of a session of the log, each with two bytes of length before it, to a backup without anything. */
public final class ReplicationTarget implements Target {
    private static final long EPOCH = 3;
    private static final int SEGMENT_BYTES = 512 * 1024;
    private static final int MAX_MESSAGES = 32;
    private static final HistoryListener NOBODY = new HistoryListener() {
        @Override
        public void overLimit(final long connectionId) {
            // Full: what a history may become.
        }

        @Override
        public void lost(final long connectionId) {
            throw new IllegalStateException("a history in memory lost a connection");
        }
    };

    /** Jazzer's entry. */
    public static void fuzzerTestOneInput(final byte[] input) {
        Targets.REPLICATION.target().run(input);
    }

    @Override
    public void run(final byte[] input) {
        final Counters counters = new Counters();
        try (History history = new History(new HistoryLimits("fuzz", SEGMENT_BYTES, 2L * SEGMENT_BYTES, 4L * SEGMENT_BYTES, null),
            NOBODY, counters)) {
            final LogReceiver receiver = new LogReceiver(EPOCH, history, null, counters);
            final UnsafeBuffer ack = new UnsafeBuffer(new byte[256]);
            final ByteBuffer in = ByteBuffer.wrap(input);
            for (int i = 0; i < MAX_MESSAGES && in.remaining() > 2; i++) {
                final byte[] message = new byte[Math.min(in.getShort() & 0xFFFF, in.remaining())];
                in.get(message);
                receiver.onBatch(new UnsafeBuffer(message), 0, message.length, i);
                receiver.ack(ack, 0);
            }
        }
    }
}
