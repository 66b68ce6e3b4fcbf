package io.holdfast.replication.log;

import io.holdfast.counters.Counters;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** Takes records out of a {@link LogWriter}'s ring as they are, for simulated channels. */
public final class RingReader {
    private static final int MOST_CHARACTERS = 300;

    private final LogWriter writer;
    private long sequence;

    /** A log with a small ring, for records that are small, too. */
    public static LogWriter smallLog(final int capacityBytes) {
        return new LogWriter(capacityBytes, 1 << 12, new Counters());
    }

    public RingReader(final LogWriter writer) {
        this.writer = writer;
    }

    /** The records that were written since the last call. */
    public List<byte[]> take() {
        final List<byte[]> records = new ArrayList<>();
        writer.ring().read((type, buffer, index, length) -> {
            final byte[] record = new byte[length];
            buffer.getBytes(index, record);
            records.add(record);
        });
        sequence += records.size();
        return records;
    }

    /** A record in one line, its bytes cut. */
    public static String describe(final byte[] record) {
        final TextHandler text = new TextHandler();
        new RecordDecoder().decode(new UnsafeBuffer(record), 0, record.length, 0, text);
        final String line = text.lines.get(0);
        return line.substring(0, Math.min(line.length(), MOST_CHARACTERS));
    }

    /** Sequence of the last record taken. */
    public long sequence() {
        return sequence;
    }
}
