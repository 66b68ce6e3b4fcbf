package io.holdfast.stack;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.holdfast.counters.Counters;
import io.holdfast.counters.StackCounter;
import io.holdfast.ip.IpLayer;
import io.holdfast.link.Link;
import io.holdfast.link.OutboundFrame;
import io.holdfast.tcp.OutboundSegment;
import io.holdfast.tcp.SegmentSink;
import io.holdfast.wire.Checksum;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.IpProtocol;
import io.holdfast.wire.TcpCodec;
import io.holdfast.wire.TcpSegment;

/**
 * Writes TCP headers in front of payload that stays in its stream buffer, and gives the frame to IP. Checksums are
 * partial; IP completes them where the device does not. A super-segment is cut here if the device no longer does that.
 * With the baton only.
 */
final class Transmitter implements SegmentSink {
    private static final int END_FLAGS = TcpSegment.FIN | TcpSegment.PSH;

    private final IpLayer ip;
    private final Link link;
    private final Counters counters;
    private final OutboundFrame frame = new OutboundFrame();
    private long nowNs;
    private long bytesSent;
    private boolean deviceFull;

    Transmitter(final IpLayer ip, final Link link, final Counters counters) {
        this.ip = ip;
        this.link = link;
        this.counters = counters;
    }

    /** Time of the burst that follows. */
    void now(final long value) {
        nowNs = value;
        deviceFull = false;
    }

    /** Payload sent so far. */
    long bytesSent() {
        return bytesSent;
    }

    /** The device took no more since the last {@link #now}. */
    boolean deviceFull() {
        return deviceFull;
    }

    @Override
    public boolean transmit(final OutboundSegment segment) {
        final boolean large = segment.segmentSize > 0 && segment.length > segment.segmentSize;
        if (large && !link.capabilities().segmentation()) {
            return cut(segment);
        }
        return send(segment, segment.position, segment.length, large ? segment.segmentSize : 0);
    }

    private boolean cut(final OutboundSegment segment) {
        final TcpSegment header = segment.header;
        final int seq = header.seq;
        final int flags = header.flags;
        try {
            for (int done = 0; done < segment.length; done += segment.segmentSize) {
                final int length = Math.min(segment.segmentSize, segment.length - done);
                final boolean last = done + length == segment.length;
                header.seq = seq + done;
                header.flags = last ? flags : flags & ~END_FLAGS;
                if (!send(segment, segment.position + done, length, 0)) {
                    return false;
                }
                counters.increment(StackCounter.SOFTWARE_SEGMENTS);
            }
        } finally {
            header.seq = seq;
            header.flags = flags;
        }
        return true;
    }

    private boolean send(final OutboundSegment segment, final long position, final int length, final int gsoSize) {
        frame.clear();
        final int headerBytes = TcpCodec.encodedLength(segment.header);
        final int start = frame.prepend(headerBytes);
        TcpCodec.encode(frame.buffer, start, segment.header);
        if (length > 0) {
            frame.partCount = segment.payload.parts(position, length, frame.partAddress, frame.partLength, 0);
        }
        final IpAddress local = segment.id.localAddress();
        final IpAddress remote = segment.id.remoteAddress();
        frame.checksumStart = start;
        frame.checksumOffset = TcpCodec.CHECKSUM_OFFSET;
        frame.gsoSize = gsoSize;
        final int sum = Checksum.fold(Checksum.pseudoHeader(local.hi(), local.lo(), remote.hi(), remote.lo(),
            IpProtocol.TCP, headerBytes + length));
        frame.buffer.putShort(start + TcpCodec.CHECKSUM_OFFSET, (short) sum, BIG_ENDIAN);
        if (!ip.send(frame, local.hi(), local.lo(), remote.hi(), remote.lo(), IpProtocol.TCP, segment.trafficClass,
            segment.hopLimit, !segment.mayFragment, nowNs)) {
            deviceFull = true;
            return false;
        }
        bytesSent += length;
        return true;
    }
}
