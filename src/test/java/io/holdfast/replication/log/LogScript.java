package io.holdfast.replication.log;

import io.holdfast.replay.EventKind;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Writes what a shard would: connections that open, stream, and mostly close, some idle for long. */
final class LogScript {
    final RandomLog log;
    final List<Stream> open = new ArrayList<>();
    private final SplittableRandom random;
    private final int largest;
    private long lastId;

    /** @param largest most bytes of a piece of a stream */
    LogScript(final LogWriter writer, final SplittableRandom random, final int largest) {
        this.random = random;
        this.largest = largest;
        log = new RandomLog(writer, random);
    }

    static final class Stream {
        final long id;
        long input;
        long output;
        long acked;
        long checkpointed;

        Stream(final long id) {
            this.id = id;
        }
    }

    /** One record. Returns its number, or -1. */
    long step() {
        final int kind = random.nextInt(100);
        if (open.isEmpty() || kind < 8) {
            final long sequence = log.opened(++lastId);
            if (sequence > 0) {
                open.add(new Stream(lastId));
            }
            return sequence;
        }
        // Later connections are busier: the first ones stay, mostly idle.
        final Stream stream = open.get(random.nextInt(3) == 0 ? random.nextInt(open.size())
            : open.size() - 1 - random.nextInt(Math.min(4, open.size())));
        if (kind < 15) {
            open.remove(stream);
            return log.closed(stream.id);
        }
        if (kind < 45) {
            final int n = random.nextInt(largest);
            final long sequence = log.input(stream.id, stream.input, n);
            stream.input += n;
            return sequence;
        }
        if (kind < 60) {
            final int n = random.nextInt(largest);
            final long sequence = log.output(stream.id, stream.output, n);
            stream.output += n;
            return sequence;
        }
        if (kind < 75) {
            stream.acked = random.nextLong(stream.acked, stream.output + 1);
            return log.progress(stream.id, stream.acked);
        }
        if (kind < 85) {
            return log.event(stream.id, EventKind.READ, random.nextInt(65_536));
        }
        if (kind < 88) {
            return log.accepted(stream.id);
        }
        if (kind < 92) {
            stream.checkpointed = random.nextLong(stream.checkpointed, stream.input + 1);
            return log.checkpoint(stream.id, stream.checkpointed, random.nextLong(stream.output + 1));
        }
        if (kind < 95) {
            return log.choice(stream.id);
        }
        if (kind < 97) {
            return log.choice(0);
        }
        return kind < 98 ? log.secrets() : kind < 99 ? log.accepted(stream.id) : log.synchronizedMark();
    }
}
