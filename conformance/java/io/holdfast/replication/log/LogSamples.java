package io.holdfast.replication.log;

import io.holdfast.replay.EventKind;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** For tests elsewhere: messages of a session of the log, as a primary makes them. */
public final class LogSamples {
    private static final int CONNECTIONS = 3;

    private LogSamples() {
    }

    /** A session: the end of an empty history, then batches of records of every kind. */
    public static List<byte[]> session(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final List<byte[]> messages = new ArrayList<>();
        try (LogPair pair = new LogPair(random.split())) {
            final RandomLog log = new RandomLog(pair.writer, random.split());
            pair.join();
            for (int connection = 1; connection <= CONNECTIONS; connection++) {
                log.accepted(connection);
                log.progress(connection);
                log.event(connection, EventKind.READ, random.nextInt(100));
                log.closed(connection);
            }
            log.secrets();
            pair.drain();
            for (int length = pair.fill(); length > 0; length = pair.fill()) {
                final byte[] message = new byte[length];
                pair.message.getBytes(0, message);
                messages.add(message);
            }
        }
        return messages;
    }
}
