package io.holdfast.app.conformance;

import io.holdfast.link.FrameSlot;
import io.holdfast.link.Link;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.OutboundFrame;
import java.util.ArrayDeque;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A device whose other end is the protocol's peer: bare IP packets, without offloads. A packet from the stack is kept with the
 * time of its sending until the peer fetches it. Under the session's lock.
 */
final class BareIpLink implements Link {
    /** Packets kept in either direction; what comes on top is lost, as on a wire. */
    static final int MAX_PACKETS = 1 << 16;

    /** One packet that left, with its time by the stack's clock. */
    record Departure(long timeNs, byte[] packet) {
    }

    private final LinkCapabilities capabilities;
    private final SessionClock clock;
    private final ArrayDeque<byte[]> arrivals = new ArrayDeque<>();
    private final ArrayDeque<Departure> departures = new ArrayDeque<>();
    private final UnsafeBuffer part = new UnsafeBuffer(0, 0);

    BareIpLink(final int mtu, final SessionClock clock) {
        this.capabilities = new LinkCapabilities(false, mtu, 0, false, false, FrameSlot.MAX_FRAME_BYTES);
        this.clock = clock;
    }

    /** A packet from the wire, at most {@link FrameSlot#MAX_FRAME_BYTES} long; not copied. */
    void feed(final byte[] packet) {
        if (arrivals.size() < MAX_PACKETS) {
            arrivals.add(packet);
        }
    }

    /** The oldest packet not yet fetched, or null. */
    Departure fetch() {
        return departures.poll();
    }

    @Override
    public LinkCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public boolean receive(final FrameSlot slot) {
        final byte[] packet = arrivals.poll();
        if (packet == null) {
            return false;
        }
        slot.clear();
        slot.buffer.putBytes(slot.offset, packet);
        slot.length = packet.length;
        return true;
    }

    @Override
    public boolean transmit(final OutboundFrame frame) {
        if (departures.size() < MAX_PACKETS) {
            final byte[] packet = new byte[frame.length()];
            int length = frame.end - frame.start;
            frame.buffer.getBytes(frame.start, packet, 0, length);
            for (int i = 0; i < frame.partCount; i++) {
                part.wrap(frame.partAddress[i], frame.partLength[i]);
                part.getBytes(0, packet, length, frame.partLength[i]);
                length += frame.partLength[i];
            }
            departures.add(new Departure(clock.nowNs(), packet));
        }
        return true;
    }

    @Override
    public void await(final long timeoutNs) {
        // The holder of the session's lock feeds the link: nothing arrives while a thread waits in here.
    }

    @Override
    public void wakeUp() {
        // No thread sleeps in await.
    }

    @Override
    public void close() {
        arrivals.clear();
        departures.clear();
    }
}
