package io.holdfast.replication.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.Counters;
import io.holdfast.replay.EventKind;
import io.holdfast.replication.codec.EventDecoder;
import io.holdfast.replication.codec.MessageHeaderDecoder;
import io.holdfast.replication.codec.ProgressDecoder;
import io.holdfast.tcp.TcbProgress;
import io.holdfast.tcp.TcpState;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** No bytes break it, and what is not a record is refused before the handler hears of it. */
final class RecordDecoderTest {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int TEMPLATE_AT = MessageHeaderDecoder.templateIdEncodingOffset();
    private static final int SCHEMA_AT = MessageHeaderDecoder.schemaIdEncodingOffset();
    private static final int VERSION_AT = MessageHeaderDecoder.versionEncodingOffset();

    private final LogWriter writer = new LogWriter(LogWriter.MIN_CAPACITY_BYTES, new Counters());
    private final RecordDecoder decoder = new RecordDecoder();
    private final TextHandler read = new TextHandler();

    @Property(tries = 300)
    void shouldSurviveAnyBytes(@ForAll final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        for (final byte[] record : records(random, 12)) {
            final byte[] bytes = record.clone();
            final int changes = random.nextInt(1, 8);
            for (int i = 0; i < changes; i++) {
                // Mostly where lengths and numbers are.
                final int at = random.nextInt(Math.min(bytes.length, random.nextBoolean() ? 40 : bytes.length));
                bytes[at] = (byte) (random.nextBoolean() ? random.nextInt() : bytes[at] ^ 1 << random.nextInt(8));
            }
            final int length = random.nextInt(bytes.length + 1);
            final int before = read.lines.size();
            final boolean taken = decoder.decode(new UnsafeBuffer(bytes), 0, length, 1, read);
            assertEquals(before + (taken ? 1 : 0), read.lines.size());
        }
    }

    @Property(tries = 100)
    void shouldRefuseAnyOtherLength(@ForAll final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        for (final byte[] record : records(random, 12)) {
            final UnsafeBuffer buffer = new UnsafeBuffer(new byte[record.length + 16]);
            buffer.putBytes(3, record);
            assertTrue(decoder.decode(buffer, 3, record.length, 1, read));
            assertFalse(decoder.decode(buffer, 3, record.length - 1, 1, read));
            assertFalse(decoder.decode(buffer, 3, record.length + 1, 1, read));
            assertFalse(decoder.decode(buffer, 3, random.nextInt(record.length), 1, read));
            assertFalse(decoder.decode(buffer, buffer.capacity() - record.length + 1, record.length, 1, read));
            assertFalse(decoder.decode(buffer, -1, record.length, 1, read));
            assertFalse(decoder.decode(buffer, 3, -1, 1, read));
        }
    }

    @Test
    void shouldRefuseForeignSchemasAndUnknownTemplates() {
        final UnsafeBuffer record = closed();
        record.putShort(SCHEMA_AT, (short) 7402, ORDER);
        assertRefused(record);
        for (final int template : new int[] {0, 12, 20, 21, 22, 23, 65_535}) {
            final UnsafeBuffer other = closed();
            other.putShort(TEMPLATE_AT, (short) template, ORDER);
            assertRefused(other);
        }
    }

    @Test
    void shouldReadLaterVersionsOfItsGenerationAlone() {
        final UnsafeBuffer record = closed();
        for (final int version : new int[] {1, 2, 255, 256, 257, 511}) {
            record.putShort(VERSION_AT, (short) version, ORDER);
            assertTrue(decoder.decode(record, 0, record.capacity(), 1, read), "version " + version);
        }
        for (final int version : new int[] {0, 512, 513, 65_535}) {
            record.putShort(VERSION_AT, (short) version, ORDER);
            assertRefused(record);
        }
    }

    @Test
    void shouldIgnoreWhatALaterVersionAdds() {
        final byte[] record = closedBytes();
        final UnsafeBuffer longer = new UnsafeBuffer(new byte[record.length + 12]);
        longer.putBytes(0, record);
        longer.putShort(MessageHeaderDecoder.blockLengthEncodingOffset(), (short) 16, ORDER);
        assertRefused(longer);
        longer.putShort(VERSION_AT, (short) (MessageHeaderDecoder.SCHEMA_VERSION + 1), ORDER);
        assertTrue(decoder.decode(longer, 0, longer.capacity(), 9, read));
        assertEquals(List.of("9 Closed 5"), read.lines);
    }

    @Test
    void shouldReadWhatAnEarlierVersionLacks() {
        final TcbProgress progress = new TcbProgress();
        progress.connectionId = 5;
        progress.state = TcpState.ESTABLISHED.code();
        progress.sndUna = 7;
        progress.sndNxt = 9;
        writer.progress(progress);
        final byte[] whole = drained().get(0);
        final int block = ProgressDecoder.sndNxtEncodingOffset();
        final UnsafeBuffer first = new UnsafeBuffer(Arrays.copyOf(whole, MessageHeaderDecoder.ENCODED_LENGTH + block));
        first.putShort(MessageHeaderDecoder.blockLengthEncodingOffset(), (short) block, ORDER);
        assertRefused(first);
        first.putShort(VERSION_AT, (short) 1, ORDER);
        assertTrue(decoder.decode(first, 0, first.capacity(), 9, read));
        progress.sndNxt = 0;
        assertEquals(List.of("9 " + TextHandler.text(progress)), read.lines);
    }

    @Test
    void shouldRefuseFieldsThatMeanNothing() {
        final int block = MessageHeaderDecoder.ENCODED_LENGTH;
        final UnsafeBuffer noConnection = closed();
        noConnection.putLong(block, 0, ORDER);
        assertRefused(noConnection);
        noConnection.putLong(block, -5, ORDER);
        assertRefused(noConnection);
        writer.event(5, 1, EventKind.READ, 1);
        final UnsafeBuffer read = new UnsafeBuffer(drained().get(0));
        read.putByte(block + EventDecoder.kindEncodingOffset(), (byte) (EventKind.WRITTEN + 1));
        assertRefused(read);
        read.putByte(block + EventDecoder.kindEncodingOffset(), (byte) EventKind.READ);
        read.putLong(block + EventDecoder.valueEncodingOffset(), -2, ORDER);
        assertRefused(read);
        final TcbProgress progress = new TcbProgress();
        progress.connectionId = 5;
        progress.state = 12;
        writer.progress(progress);
        assertRefused(new UnsafeBuffer(drained().get(0)));
        writer.opened(5, 4, read, 0, 1);
        assertRefused(new UnsafeBuffer(drained().get(0)));
        writer.checkpoint(5, -1, 0, new byte[1]);
        assertRefused(new UnsafeBuffer(drained().get(0)));
        writer.checkpoint(5, 0, Long.MAX_VALUE, new byte[1]);
        assertRefused(new UnsafeBuffer(drained().get(0)));
    }

    private void assertRefused(final UnsafeBuffer record) {
        final int before = read.lines.size();
        assertFalse(decoder.decode(record, 0, record.capacity(), 1, read));
        assertEquals(before, read.lines.size());
    }

    private UnsafeBuffer closed() {
        return new UnsafeBuffer(closedBytes());
    }

    private byte[] closedBytes() {
        writer.closed(5);
        return drained().get(0);
    }

    private List<byte[]> records(final SplittableRandom random, final int count) {
        final RandomLog log = new RandomLog(writer, random);
        for (int i = 0; i < count; i++) {
            log.write(random.nextLong(1, Long.MAX_VALUE));
        }
        return drained();
    }

    private List<byte[]> drained() {
        final List<byte[]> records = new ArrayList<>();
        while (writer.ring().size() > 0) {
            writer.ring().read((type, buffer, index, length) -> {
                final byte[] bytes = new byte[length];
                buffer.getBytes(index, bytes);
                records.add(bytes);
            });
        }
        return records;
    }
}
