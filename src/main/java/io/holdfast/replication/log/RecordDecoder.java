package io.holdfast.replication.log;

import io.holdfast.replication.codec.AcceptedDecoder;
import io.holdfast.replication.codec.CheckpointDecoder;
import io.holdfast.replication.codec.ChoiceDecoder;
import io.holdfast.replication.codec.ClosedDecoder;
import io.holdfast.replication.codec.EventDecoder;
import io.holdfast.replication.codec.InputDecoder;
import io.holdfast.replication.codec.OpenedDecoder;
import io.holdfast.replication.codec.OutputDecoder;
import io.holdfast.replication.codec.ProgressDecoder;
import io.holdfast.replication.codec.SecretsDecoder;
import io.holdfast.replication.codec.SynchronizedDecoder;
import io.holdfast.tcp.TcbProgress;
import org.agrona.DirectBuffer;

/**
 * Decodes records and hands them on. No bytes make it fail: what it cannot read, it refuses before the handler sees
 * anything of it. A thread of its own each.
 *
 * <p>Versions are as the schema says: records of a later version of this generation are read without what they have more;
 * those of a later generation are refused.
 */
public final class RecordDecoder {
    private final OpenedDecoder opened = new OpenedDecoder();
    private final InputDecoder input = new InputDecoder();
    private final ProgressDecoder progress = new ProgressDecoder();
    private final EventDecoder event = new EventDecoder();
    private final AcceptedDecoder accepted = new AcceptedDecoder();
    private final ChoiceDecoder choice = new ChoiceDecoder();
    private final SecretsDecoder secrets = new SecretsDecoder();
    private final CheckpointDecoder checkpoint = new CheckpointDecoder();
    private final OutputDecoder output = new OutputDecoder();
    private final TcbProgress carrier = new TcbProgress();

    /**
     * Decodes one record.
     *
     * @param length   of exactly this record
     * @param sequence handed on
     * @return false if it is not a record that this host can read; then the handler was not called
     */
    public boolean decode(final DirectBuffer buffer, final int offset, final int length, final long sequence,
        final RecordHandler handler) {
        if (!RecordCheck.wellFormed(buffer, offset, length)) {
            return false;
        }
        final int block = offset + RecordLayout.HEADER_BYTES;
        final int blockLength = RecordLayout.blockLength(buffer, offset);
        final int version = RecordLayout.version(buffer, offset);
        final long connectionId = RecordLayout.connectionId(buffer, offset);
        final int bytes = block + blockLength + RecordLayout.BYTES_LENGTH_BYTES;
        switch (RecordLayout.templateId(buffer, offset)) {
            case OpenedDecoder.TEMPLATE_ID -> {
                opened.wrap(buffer, block, blockLength, version);
                handler.onOpened(sequence, connectionId, opened.mode(), buffer, bytes, opened.snapshotLength());
            }
            case InputDecoder.TEMPLATE_ID -> {
                input.wrap(buffer, block, blockLength, version);
                handler.onInput(sequence, connectionId, input.streamOffset(), buffer, bytes, input.bytesLength());
            }
            case ProgressDecoder.TEMPLATE_ID -> {
                progress.wrap(buffer, block, blockLength, version);
                handler.onProgress(sequence, carry(connectionId));
            }
            case EventDecoder.TEMPLATE_ID -> {
                event.wrap(buffer, block, blockLength, version);
                handler.onEvent(sequence, connectionId, event.eventOrder(), event.kind(), event.value());
            }
            case AcceptedDecoder.TEMPLATE_ID -> handler.onAccepted(sequence, connectionId,
                accepted.wrap(buffer, block, blockLength, version).eventOrder());
            case ClosedDecoder.TEMPLATE_ID -> handler.onClosed(sequence, connectionId);
            case ChoiceDecoder.TEMPLATE_ID -> {
                choice.wrap(buffer, block, blockLength, version);
                handler.onChoice(sequence, connectionId, choice.kind(), choice.value(), buffer, bytes, choice.bytesLength());
            }
            case SecretsDecoder.TEMPLATE_ID -> {
                secrets.wrap(buffer, block, blockLength, version);
                handler.onSecrets(sequence, buffer, bytes, secrets.keysLength());
            }
            case CheckpointDecoder.TEMPLATE_ID -> {
                checkpoint.wrap(buffer, block, blockLength, version);
                handler.onCheckpoint(sequence, connectionId, checkpoint.readOffset(), checkpoint.writeOffset(), buffer, bytes,
                    checkpoint.blobLength());
            }
            case OutputDecoder.TEMPLATE_ID -> {
                output.wrap(buffer, block, blockLength, version);
                handler.onOutput(sequence, connectionId, output.streamOffset(), buffer, bytes, output.bytesLength());
            }
            case SynchronizedDecoder.TEMPLATE_ID -> handler.onSynchronized(sequence);
            default -> {
                return false;
            }
        }
        return true;
    }

    private TcbProgress carry(final long connectionId) {
        carrier.connectionId = connectionId;
        carrier.state = progress.state();
        carrier.sndUna = progress.sndUna();
        carrier.sndWnd = progress.sndWnd();
        carrier.rcvNxt = progress.rcvNxt();
        carrier.rcvFin = progress.rcvFin();
        carrier.sndFin = progress.sndFin();
        carrier.edgeLimit = progress.edgeLimit();
        carrier.sendLimit = progress.sendLimit();
        carrier.checkpointOffset = progress.checkpointOffset();
        carrier.checkpointHash = progress.checkpointHash();
        carrier.tsRecent = progress.tsRecent();
        carrier.tsOffset = progress.tsOffset();
        carrier.srttUs = progress.srttUs();
        carrier.flags = progress.flags();
        // Null in a record of the schema's first version.
        carrier.sndNxt = Math.max(0, progress.sndNxt());
        carrier.cwnd = Math.max(0, progress.cwnd());
        carrier.ssthresh = Math.max(0, progress.ssthresh());
        return carrier;
    }
}
