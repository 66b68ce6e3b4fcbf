package io.holdfast.replication.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.Counters;
import java.util.SplittableRandom;
import org.agrona.concurrent.UnsafeBuffer;

/** A primary and a backup with a perfect channel between them, in virtual time. */
final class LogPair implements AutoCloseable {
    static final long EPOCH = 3;

    final LogWriter writer = new LogWriter(LogWriter.MIN_CAPACITY_BYTES, new Counters());
    final HistoryTester primary;
    final HistoryTester backup;
    final LogSender sender;
    final UnsafeBuffer message = new UnsafeBuffer(new byte[2 * LogMessages.MIN_BATCH_CAPACITY]);
    final UnsafeBuffer ack = new UnsafeBuffer(new byte[LogMessages.ACK_BYTES]);
    private final SplittableRandom random;
    TextHandler handled = new TextHandler();
    LogReceiver receiver;
    long nowNs = 1_000;

    LogPair(final SplittableRandom random) {
        this(random, 3, 1_000);
    }

    LogPair(final SplittableRandom random, final int memorySegments, final int limitSegments) {
        this.random = random;
        primary = new HistoryTester(memorySegments, limitSegments);
        backup = new HistoryTester(memorySegments, 1_000);
        sender = new LogSender(writer, primary.history, primary.counters);
    }

    /** A backup without anything joins. */
    void join() {
        backup.history.clear();
        handled = new TextHandler();
        receiver = new LogReceiver(EPOCH, backup.history, handled, backup.counters);
        sender.attach(EPOCH, nowNs);
    }

    /** Makes the next message, of some size; its length. */
    int fill() {
        nowNs += 10;
        return sender.fill(message, 0, random.nextInt(LogMessages.MIN_BATCH_CAPACITY, message.capacity() + 1), nowNs);
    }

    /** Carries one message over. False: there was none. */
    boolean carry() {
        final int length = fill();
        if (length > 0) {
            assertEquals(BatchResult.TAKEN, receiver.onBatch(message, 0, length, nowNs));
        }
        return length > 0;
    }

    /** Carries an acknowledgement back: what it commits, or -1. */
    long acknowledge() {
        final int length = receiver.ack(ack, 0);
        nowNs += 5;
        return length == 0 ? -1 : sender.onAck(ack, 0, length, nowNs);
    }

    void drain() {
        while (writer.ring().size() > 0) {
            assertTrue(sender.drain(1 + random.nextInt(100)) > 0);
        }
    }

    /** Until nothing is left to do. */
    void settle() {
        do {
            drain();
        } while (carry());
        acknowledge();
    }

    @Override
    public void close() {
        primary.close();
        backup.close();
    }
}
