package io.holdfast.ip;

import io.holdfast.link.OutboundFrame;
import java.nio.ByteBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * Packets that {@code send} leaves for the next {@code poll}: packets to our own addresses, and errors about packets that could
 * not be sent. They are queued so that nothing is delivered in the middle of a transmission. The queue's memory is allocated at
 * its first use. Shard's thread only.
 */
final class LocalQueue {
    /** Bytes of the queue; also eight times the largest packet with its record. */
    static final int CAPACITY_BYTES = 1 << 20;

    private static final int PACKET = 1;
    private static final int ERROR = 2;
    private static final int META_BYTES = 8;
    /** Bytes of a packet that an error carries: an IP header and what RFC 792 quotes, twice. */
    private static final int QUOTE_BYTES = 64;

    /** Receives the queued packets. */
    interface Consumer {
        void onLocalPacket(MutableDirectBuffer buffer, int offset, int length, int gsoSize, long nowNs);

        void onLocalError(MutableDirectBuffer buffer, int offset, int length, int code, int mtu, long nowNs);
    }

    private final FrameBytes bytes = new FrameBytes();
    private final Consumer consumer;
    private final MessageHandler handler = this::onMessage;
    private OneToOneRingBuffer ring;
    private long nowNs;

    LocalQueue(final Consumer consumer) {
        this.consumer = consumer;
    }

    /** Copies a frame that begins with its IP header. Returns false if there is no room. */
    boolean offerPacket(final OutboundFrame frame) {
        return offer(PACKET, frame, frame.length(), frame.gsoSize, 0);
    }

    /** Copies the beginning of a frame that could not be sent. Returns false if there is no room. */
    boolean offerError(final OutboundFrame frame, final int code, final int mtu) {
        return offer(ERROR, frame, Math.min(QUOTE_BYTES, frame.length()), code, mtu);
    }

    private boolean offer(
        final int type, final OutboundFrame frame, final int length, final int meta1, final int meta2) {
        if (ring == null) {
            ring = new OneToOneRingBuffer(
                new UnsafeBuffer(ByteBuffer.allocateDirect(CAPACITY_BYTES + RingBufferDescriptor.TRAILER_LENGTH)));
        }
        final int index = ring.tryClaim(type, META_BYTES + length);
        if (index < 0) {
            return false;
        }
        ring.buffer().putInt(index, meta1);
        ring.buffer().putInt(index + 4, meta2);
        bytes.copy(frame, 0, length, ring.buffer(), index + META_BYTES);
        ring.commit(index);
        return true;
    }

    boolean isEmpty() {
        return ring == null || ring.size() == 0;
    }

    /** Delivers at most {@code limit} entries. */
    int poll(final int limit, final long now) {
        if (ring == null) {
            return 0;
        }
        nowNs = now;
        return ring.read(handler, limit);
    }

    private void onMessage(final int type, final MutableDirectBuffer buffer, final int index, final int length) {
        final int meta1 = buffer.getInt(index);
        final int at = index + META_BYTES;
        if (type == PACKET) {
            consumer.onLocalPacket(buffer, at, length - META_BYTES, meta1, nowNs);
        } else {
            consumer.onLocalError(buffer, at, length - META_BYTES, meta1, buffer.getInt(index + 4), nowNs);
        }
    }
}
