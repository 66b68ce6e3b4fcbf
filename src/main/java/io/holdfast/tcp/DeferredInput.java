package io.holdfast.tcp;

import io.holdfast.buffer.StreamBuffer;
import org.agrona.DirectBuffer;

/**
 * Input that this host has stored outside of the receive buffer (in its history), and that comes into the buffer as the
 * application reads. Exists while there is more than the buffer is to hold: when an application begins to read a long stream
 * again, or reads more slowly than another host's did. Shard's thread only, but for {@link #wants}.
 *
 * <p>What holds while it exists:
 * <ul>
 * <li>the buffer has {@code [head, tail)} without gap; bytes from the tail to the end of what came without gap (and what came
 * ahead of gaps) are stored outside, and will be {@link #put} in the order in which they were stored;
 * <li>nobody else puts or publishes: what the peer sends meanwhile is stored outside, too, and counted;
 * <li>the window counts all that the application has not read, wherever it is: it stays what was promised, and opens only as
 * the application reads. But what it was behind at a takeover is counted little by little, while it reads twice as much: the
 * client, which the other host's server let send, goes on at half the speed at which this one's catches up, and need not wait
 * until it has;
 * <li>the end of the stream is not told before the last byte is in the buffer.
 * </ul>
 */
public final class DeferredInput {
    private final Lifecycle life;
    private final Tcb tcb;
    private final Receiver receiver;
    private final StreamBuffer buffer;
    /** What is in the buffer ahead of its tail. */
    private final OutOfOrder ahead = new OutOfOrder();
    private final int most;
    private int heldEvents;
    /** At the takeover: what the application had not read, and from where on. */
    private long behind;
    private long behindFrom;

    /** @param most bytes that are put into the buffer ahead of the application */
    DeferredInput(final Lifecycle life, final Tcb tcb, final Receiver receiver, final int most) {
        this.life = life;
        this.tcb = tcb;
        this.receiver = receiver;
        buffer = receiver.buffer();
        this.most = most;
    }

    /** These ranges ahead of the tail are in the buffer already. */
    void holds(final OutOfOrder ranges) {
        for (int i = 0; i < ranges.count(); i++) {
            ahead.add(ranges.startAt(i), ranges.endAt(i));
        }
    }

    /** Is the buffer low? Any thread. */
    public boolean wants() {
        return buffer.size() < most / 2;
    }

    /**
     * Also where the other host's application has ended its reading: the one here has yet to read what that one read before. The
     * next bytes, in the order in which they were stored. False if there is no room or memory now: they come again.
     *
     * @param anyway although there are enough for now
     */
    public boolean put(final boolean anyway, final long offset, final DirectBuffer source, final int at, final int length) {
        final long tail = buffer.tail();
        final long from = Math.max(offset, tail);
        final long to = offset + length;
        if (from >= to) {
            return true;
        }
        if (!anyway && from == tail && buffer.size() >= most || to > buffer.head() + StreamBuffer.MAX_CAPACITY_BYTES
            || !buffer.put(from, source, at + (int) (from - offset), (int) (to - from))) {
            return false;
        }
        if (from > tail) {
            ahead.add(from, to);
            return true;
        }
        buffer.publish(ahead.isEmpty() ? to : ahead.advance(to));
        life.raise(ConnectionEvents.READABLE);
        return true;
    }

    /** It may read what is there. */
    public void tellReadable() {
        if (buffer.size() > 0) {
            life.raise(ConnectionEvents.READABLE);
        }
    }

    /** Everything is in the buffer: input may go there directly again. */
    public boolean complete() {
        return tcb.readShut || buffer.tail() == wholeEnd() && receiver.outOfOrder.isEmpty();
    }

    /** To be called when complete; the last call. */
    public void close() {
        receiver.deferred = null;
        if (heldEvents != 0) {
            life.raise(heldEvents | ConnectionEvents.READABLE);
        }
        life.tellHeldTimeWait();
    }

    /** Of these events, those that the application may be told of now: what ends the stream is not among them. */
    int pass(final int events, final boolean shadow) {
        final int held = shadow ? ConnectionEvents.PEER_CLOSED | ConnectionEvents.FAILED : ConnectionEvents.PEER_CLOSED;
        heldEvents |= events & held;
        return events & ~held;
    }

    /** What the application has not read. */
    long held() {
        return Math.max(0, wholeEnd() - buffer.head());
    }

    /** This host leads from now on. */
    void onTakeover() {
        behind = held();
        behindFrom = buffer.head();
    }

    /** What the window counts of that. */
    long heldForWindow() {
        return Math.max(0, held() - Math.max(0, behind - (buffer.head() - behindFrom) / 2));
    }

    private long wholeEnd() {
        return Math.min(tcb.rcvNxt, tcb.rcvFin);
    }
}
