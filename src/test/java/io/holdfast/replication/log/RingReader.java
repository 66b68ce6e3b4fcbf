package io.holdfast.replication.log;

import java.util.ArrayList;
import java.util.List;

/** Takes records out of a {@link LogWriter}'s ring as they are, for simulated channels. */
public final class RingReader {
    private final LogWriter writer;
    private long sequence;

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

    /** Sequence of the last record taken. */
    public long sequence() {
        return sequence;
    }
}
