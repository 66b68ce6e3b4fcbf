package io.holdfast.replication.log;

import io.holdfast.replication.codec.ConnectionLostDecoder;
import io.holdfast.replication.codec.ConnectionLostEncoder;
import io.holdfast.replication.codec.MessageHeaderDecoder;
import io.holdfast.replication.codec.MessageHeaderEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What a backup tells its primary of a connection that it cannot carry on, so that operators hear of it from either host. Any
 * thread.
 *
 * @param epoch        of the session in which it was told
 * @param connectionId the connection's number in the log
 * @param reason       for operators; empty: it can carry it on again
 */
public record LostConnection(long epoch, long connectionId, String reason) {
    private static final int MAX_REASON_BYTES = 256;
    private static final int FIXED_BYTES = 1 + MessageHeaderEncoder.ENCODED_LENGTH + ConnectionLostEncoder.BLOCK_LENGTH
        + ConnectionLostEncoder.reasonHeaderLength();

    /** As a message of the channel; a reason that is too long is cut. */
    public DirectBuffer encode() {
        final byte[] all = reason.getBytes(StandardCharsets.UTF_8);
        final byte[] text = Arrays.copyOf(all, Math.min(all.length, MAX_REASON_BYTES));
        final UnsafeBuffer message = new UnsafeBuffer(new byte[FIXED_BYTES + text.length]);
        message.putByte(0, LogMessages.CONNECTION_LOST);
        new ConnectionLostEncoder().wrapAndApplyHeader(message, 1, new MessageHeaderEncoder()).epoch(epoch)
            .connectionId(connectionId).putReason(text, 0, text.length);
        return message;
    }

    /**
     * @param offset where the message begins, with its type
     * @return null if it is not one, or is torn
     */
    public static LostConnection decode(final DirectBuffer buffer, final int offset, final int length) {
        if (length < FIXED_BYTES || !LogMessages.hasHeader(buffer, offset + 1, length - 1, ConnectionLostDecoder.TEMPLATE_ID,
            ConnectionLostDecoder.BLOCK_LENGTH)) {
            return null;
        }
        final ConnectionLostDecoder decoder = new ConnectionLostDecoder()
            .wrapAndApplyHeader(buffer, offset + 1, new MessageHeaderDecoder());
        final int room = offset + length - decoder.limit() - ConnectionLostDecoder.reasonHeaderLength();
        if (room < 0 || decoder.reasonLength() < 0 || decoder.reasonLength() > Math.min(room, MAX_REASON_BYTES)) {
            return null;
        }
        final byte[] text = new byte[decoder.reasonLength()];
        decoder.getReason(text, 0, text.length);
        return new LostConnection(decoder.epoch(), decoder.connectionId(), new String(text, StandardCharsets.UTF_8));
    }
}
