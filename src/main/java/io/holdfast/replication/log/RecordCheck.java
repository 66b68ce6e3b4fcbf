package io.holdfast.replication.log;

import io.holdfast.replay.EventKind;
import io.holdfast.replication.codec.AcceptedDecoder;
import io.holdfast.replication.codec.CheckpointDecoder;
import io.holdfast.replication.codec.ChoiceDecoder;
import io.holdfast.replication.codec.ClosedDecoder;
import io.holdfast.replication.codec.EventDecoder;
import io.holdfast.replication.codec.InputDecoder;
import io.holdfast.replication.codec.MessageHeaderDecoder;
import io.holdfast.replication.codec.OpenedDecoder;
import io.holdfast.replication.codec.OutputDecoder;
import io.holdfast.replication.codec.ProgressDecoder;
import io.holdfast.replication.codec.SecretsDecoder;
import io.holdfast.replication.codec.SynchronizedDecoder;
import io.holdfast.tcp.TcpState;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;

/** Is it a record? Checked once, so that nothing behind it can fail. No state. */
final class RecordCheck {
    /** Greatest mode of an Opened: resume. */
    static final int MAX_MODE = 3;
    /** A stream's positions stay far below the end of a long. */
    static final long MAX_STREAM_OFFSET = 1L << 62;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int NOT_A_RECORD = -1;
    private static final boolean[] STATES = states();

    private RecordCheck() {
    }

    /** @param length of exactly this record */
    static boolean wellFormed(final DirectBuffer buffer, final int offset, final int length) {
        if (offset < 0 || length < RecordLayout.HEADER_BYTES || length > RecordLayout.MAX_RECORD_BYTES
            || offset > buffer.capacity() - length
            || RecordLayout.schemaId(buffer, offset) != MessageHeaderDecoder.SCHEMA_ID) {
            return false;
        }
        final int version = RecordLayout.version(buffer, offset);
        if (version == 0 || laterGeneration(version)) {
            return false;
        }
        final int templateId = RecordLayout.templateId(buffer, offset);
        final int known = version < ProgressDecoder.sndNxtSinceVersion() && templateId == ProgressDecoder.TEMPLATE_ID
            ? ProgressDecoder.sndNxtEncodingOffset() : blockLength(templateId);
        final int blockLength = RecordLayout.blockLength(buffer, offset);
        final boolean later = version > MessageHeaderDecoder.SCHEMA_VERSION;
        final int end = offset + length;
        int at = offset + RecordLayout.HEADER_BYTES + blockLength;
        if (known == NOT_A_RECORD || blockLength < known || blockLength > known && !later || at > end) {
            return false;
        }
        if (hasBytes(templateId)) {
            if (end - at < RecordLayout.BYTES_LENGTH_BYTES) {
                return false;
            }
            final int bytes = buffer.getInt(at, ORDER);
            at += RecordLayout.BYTES_LENGTH_BYTES;
            if (bytes < 0 || bytes > end - at) {
                return false;
            }
            at += bytes;
        }
        return (at == end || later) && hasPlausibleFields(buffer, offset, templateId);
    }

    /** Does a version have fields that must not be ignored and are not known here? */
    static boolean laterGeneration(final int version) {
        return version >>> Byte.SIZE > MessageHeaderDecoder.SCHEMA_VERSION >>> Byte.SIZE;
    }

    private static boolean hasPlausibleFields(final DirectBuffer buffer, final int offset, final int templateId) {
        final int block = offset + RecordLayout.HEADER_BYTES;
        final long connectionId = RecordLayout.connectionId(buffer, offset);
        final boolean ofConnection = connectionId > 0;
        return switch (templateId) {
            case OpenedDecoder.TEMPLATE_ID -> ofConnection
                && (buffer.getByte(block + OpenedDecoder.modeEncodingOffset()) & 0xFF) <= MAX_MODE;
            case InputDecoder.TEMPLATE_ID, OutputDecoder.TEMPLATE_ID -> ofConnection
                && position(buffer, block + InputDecoder.streamOffsetEncodingOffset());
            case ProgressDecoder.TEMPLATE_ID -> ofConnection
                && STATES[buffer.getByte(block + ProgressDecoder.stateEncodingOffset()) & 0xFF];
            case EventDecoder.TEMPLATE_ID -> ofConnection
                && EventKind.isKnown(buffer.getByte(block + EventDecoder.kindEncodingOffset()) & 0xFF)
                && position(buffer, block + EventDecoder.valueEncodingOffset())
                && buffer.getLong(block + EventDecoder.eventOrderEncodingOffset(), ORDER) > 0;
            case CheckpointDecoder.TEMPLATE_ID -> ofConnection
                && position(buffer, block + CheckpointDecoder.readOffsetEncodingOffset())
                && position(buffer, block + CheckpointDecoder.writeOffsetEncodingOffset());
            case ChoiceDecoder.TEMPLATE_ID -> connectionId >= 0
                && buffer.getInt(block + ChoiceDecoder.kindEncodingOffset(), ORDER) >= 0;
            case SecretsDecoder.TEMPLATE_ID, SynchronizedDecoder.TEMPLATE_ID -> connectionId == 0;
            default -> ofConnection;
        };
    }

    private static boolean position(final DirectBuffer buffer, final int at) {
        final long position = buffer.getLong(at, ORDER);
        return position >= 0 && position <= MAX_STREAM_OFFSET;
    }

    private static int blockLength(final int templateId) {
        return switch (templateId) {
            case OpenedDecoder.TEMPLATE_ID -> OpenedDecoder.BLOCK_LENGTH;
            case InputDecoder.TEMPLATE_ID -> InputDecoder.BLOCK_LENGTH;
            case ProgressDecoder.TEMPLATE_ID -> ProgressDecoder.BLOCK_LENGTH;
            case EventDecoder.TEMPLATE_ID -> EventDecoder.BLOCK_LENGTH;
            case AcceptedDecoder.TEMPLATE_ID -> AcceptedDecoder.BLOCK_LENGTH;
            case ClosedDecoder.TEMPLATE_ID -> ClosedDecoder.BLOCK_LENGTH;
            case ChoiceDecoder.TEMPLATE_ID -> ChoiceDecoder.BLOCK_LENGTH;
            case SecretsDecoder.TEMPLATE_ID -> SecretsDecoder.BLOCK_LENGTH;
            case CheckpointDecoder.TEMPLATE_ID -> CheckpointDecoder.BLOCK_LENGTH;
            case OutputDecoder.TEMPLATE_ID -> OutputDecoder.BLOCK_LENGTH;
            case SynchronizedDecoder.TEMPLATE_ID -> SynchronizedDecoder.BLOCK_LENGTH;
            default -> NOT_A_RECORD;
        };
    }

    private static boolean hasBytes(final int templateId) {
        return switch (templateId) {
            case OpenedDecoder.TEMPLATE_ID, InputDecoder.TEMPLATE_ID, ChoiceDecoder.TEMPLATE_ID, SecretsDecoder.TEMPLATE_ID,
                CheckpointDecoder.TEMPLATE_ID, OutputDecoder.TEMPLATE_ID -> true;
            default -> false;
        };
    }

    private static boolean[] states() {
        final boolean[] known = new boolean[1 << Byte.SIZE];
        for (final TcpState state : TcpState.values()) {
            known[state.code()] = true;
        }
        return known;
    }
}
