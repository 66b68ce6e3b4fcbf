package io.holdfast.stack;

import io.holdfast.counters.Counters;
import io.holdfast.counters.StackCounter;
import io.holdfast.ip.IpPacket;
import io.holdfast.tcp.TcpStack;
import io.holdfast.wire.TcpSegment;
import org.agrona.collections.LongHashSet;

/**
 * Judges segments that were heard while another host had the address, and belong to no connection here: that host may
 * have had the connection, and closed it. So nothing is said to them. A SYN opens a connection only if nothing else was
 * heard from its ends, for then that host never answered it; that is known when all that was heard has been seen once.
 * With the baton only; what is remembered is bounded by what is heard.
 */
final class HeardStrays {
    private static final int OPENING = TcpSegment.SYN | TcpSegment.ACK | TcpSegment.RST;

    private final Counters counters;
    /** Ends of connections that the other host had. */
    private final LongHashSet answered = new LongHashSet();
    private boolean everythingSeen;
    private boolean deferred;

    HeardStrays(final Counters counters) {
        this.counters = counters;
    }

    /** What is deferred comes now, once more. */
    void everythingSeen() {
        everythingSeen = true;
    }

    /** Was the last segment one to come again? */
    boolean takeDeferred() {
        final boolean was = deferred;
        deferred = false;
        return was;
    }

    /** True if the segment is not to be handed to a listener, nor to {@link TcpStack#onStray}. */
    boolean silences(final IpPacket packet, final TcpSegment segment) {
        final long ends = packet.sourceLo << 32 | (long) segment.sourcePort << 16 | segment.destinationPort;
        if ((segment.flags & OPENING) != TcpSegment.SYN) {
            answered.add(ends);
        } else if (!everythingSeen) {
            deferred = true;
            return true;
        } else if (!answered.contains(ends)) {
            return false;
        }
        counters.increment(StackCounter.HEARD_STRAY);
        return true;
    }
}
