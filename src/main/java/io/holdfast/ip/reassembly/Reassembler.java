package io.holdfast.ip.reassembly;

import io.holdfast.counters.Counters;
import io.holdfast.counters.IpCounter;
import io.holdfast.util.Deadline;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Puts fragments together (RFC 791 3.2, RFC 1122 3.3.2). A fragment that overlaps another without being its exact duplicate
 * discards its datagram, later fragments included (RFC 5722, RFC 8200 4.5). Memory, datagrams in all and for one source,
 * fragments and time are limited; the oldest datagram makes room for the newest. Shard's thread only.
 */
public final class Reassembler {
    /** How long the fragments of one datagram may take (Linux: {@code ipfrag_time}; RFC 1122 asks for 60 to 120 s). */
    public static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(30);
    /** Most unfinished datagrams, each of which takes {@link #BUFFER_BYTES}. */
    public static final int MAX_DATAGRAMS = 64;
    /** Most unfinished datagrams from one source. */
    public static final int MAX_PER_SOURCE = 16;
    /** Most fragments of one datagram: the largest datagram in fragments of the smallest MTU in use, 296 bytes. */
    public static final int MAX_FRAGMENTS = 256;
    /** Most datagrams remembered as unfinished or condemned. */
    static final int MAX_ENTRIES = 4 * MAX_DATAGRAMS;
    /** Room for the header before the payload. */
    private static final int HEADER_ROOM = 64;
    private static final int MAX_BYTES = 65_535;
    static final int BUFFER_BYTES = HEADER_ROOM + MAX_BYTES;

    /** A datagram that is complete: the header of its first fragment, then the whole payload. Reused. */
    public static final class Whole {
        public UnsafeBuffer buffer;
        public int offset;
        public int length;
    }

    /** Told of datagrams whose time was up although their first fragment had come. */
    public interface TimeoutHandler {
        /** The first fragment: its header, as it came, and its payload. */
        void onTimeout(UnsafeBuffer buffer, int offset, int length, long nowNs);
    }

    private final Counters counters;
    private final TimeoutHandler timeoutHandler;
    /** Datagrams by age, the oldest first. */
    private final PartialDatagram[] entries = new PartialDatagram[MAX_ENTRIES];
    private int count;
    private final UnsafeBuffer[] freeBuffers = new UnsafeBuffer[MAX_DATAGRAMS];
    private int freeCount;
    private int buffersMade;
    private final Whole whole = new Whole();

    public Reassembler(final Counters counters, final TimeoutHandler timeoutHandler) {
        this.counters = counters;
        this.timeoutHandler = timeoutHandler;
    }

    /**
     * A fragment.
     *
     * @param fragmentOffset place of its payload in the datagram's, a multiple of 8
     * @param more           it is not the last
     * @param headerOffset   where its IP header is, which its payload follows
     * @return the datagram if it is complete now, to be given back with {@link #release}; otherwise null
     */
    public Whole add(
        final long sourceHi,
        final long sourceLo,
        final long destinationHi,
        final long destinationLo,
        final int protocol,
        final int identification,
        final int fragmentOffset,
        final boolean more,
        final DirectBuffer buffer,
        final int headerOffset,
        final int headerLength,
        final int payloadLength,
        final long nowNs) {
        counters.increment(IpCounter.REASM_REQDS);
        final int end = fragmentOffset + payloadLength;
        if (payloadLength == 0 || more && (payloadLength & 7) != 0 || headerLength + end > MAX_BYTES) {
            counters.increment(IpCounter.REASM_BAD_FRAGMENT);
            return null;
        }
        PartialDatagram datagram = find(sourceHi, sourceLo, destinationHi, destinationLo, protocol, identification);
        if (datagram == null) {
            makeRoom(sourceHi, sourceLo);
            datagram = new PartialDatagram(sourceHi, sourceLo, destinationHi, destinationLo, protocol, identification);
            datagram.deadlineNs = nowNs + TIMEOUT_NS;
            datagram.buffer = takeBuffer();
            entries[count++] = datagram;
        }
        if (datagram.buffer == null) {
            counters.increment(IpCounter.REASM_POISONED);
            return null;
        }
        switch (datagram.insert(fragmentOffset, end, more)) {
            case DUPLICATE:
                counters.increment(IpCounter.REASM_DUPLICATE);
                return null;
            case CONTRADICTION:
                counters.increment(IpCounter.REASM_OVERLAP);
                condemn(datagram);
                return null;
            case TOO_MANY:
                counters.increment(IpCounter.REASM_TOO_MANY_FRAGMENTS);
                condemn(datagram);
                return null;
            default:
                break;
        }
        datagram.buffer.putBytes(HEADER_ROOM + fragmentOffset, buffer, headerOffset + headerLength, payloadLength);
        if (fragmentOffset == 0) {
            datagram.headerLength = headerLength;
            datagram.firstLength = payloadLength;
            datagram.buffer.putBytes(HEADER_ROOM - headerLength, buffer, headerOffset, headerLength);
        }
        return datagram.isComplete() ? complete(datagram) : null;
    }

    private Whole complete(final PartialDatagram datagram) {
        if (datagram.headerLength + datagram.total > MAX_BYTES) {
            counters.increment(IpCounter.REASM_BAD_FRAGMENT);
            condemn(datagram);
            return null;
        }
        counters.increment(IpCounter.REASM_OKS);
        whole.buffer = datagram.buffer;
        whole.offset = HEADER_ROOM - datagram.headerLength;
        whole.length = datagram.headerLength + datagram.total;
        datagram.buffer = null;
        remove(indexOf(datagram));
        return whole;
    }

    /** The datagram has been used: its memory may serve another. */
    public void release(final Whole done) {
        giveBuffer(done.buffer);
        done.buffer = null;
    }

    public void onTimer(final long nowNs) {
        while (count > 0 && entries[0].deadlineNs <= nowNs) {
            final PartialDatagram datagram = entries[0];
            if (datagram.buffer != null) {
                counters.increment(IpCounter.REASM_TIMEOUT);
                if (datagram.headerLength > 0) {
                    timeoutHandler.onTimeout(datagram.buffer, HEADER_ROOM - datagram.headerLength,
                        datagram.headerLength + datagram.firstLength, nowNs);
                }
            }
            remove(0);
        }
    }

    public long nextDeadlineNs() {
        return count > 0 ? entries[0].deadlineNs : Deadline.NONE;
    }

    /** Datagrams that are neither complete nor condemned. */
    public int unfinished() {
        return buffersMade - freeCount - (whole.buffer != null ? 1 : 0);
    }

    private PartialDatagram find(
        final long sourceHi,
        final long sourceLo,
        final long destinationHi,
        final long destinationLo,
        final int protocol,
        final int identification) {
        // The newest first: that is whose fragments are arriving.
        for (int i = count - 1; i >= 0; i--) {
            if (entries[i].is(sourceHi, sourceLo, destinationHi, destinationLo, protocol, identification)) {
                return entries[i];
            }
        }
        return null;
    }

    private void makeRoom(final long sourceHi, final long sourceLo) {
        int ofSource = 0;
        int oldestOfSource = -1;
        int oldest = -1;
        for (int i = count - 1; i >= 0; i--) {
            if (entries[i].buffer != null) {
                oldest = i;
                if (entries[i].sourceLo == sourceLo && entries[i].sourceHi == sourceHi) {
                    oldestOfSource = i;
                    ofSource++;
                }
            }
        }
        if (ofSource >= MAX_PER_SOURCE) {
            counters.increment(IpCounter.REASM_SOURCE_LIMIT);
            remove(oldestOfSource);
        } else if (freeCount == 0 && buffersMade == MAX_DATAGRAMS && oldest >= 0) {
            counters.increment(IpCounter.REASM_EVICTED);
            remove(oldest);
        } else if (count == MAX_ENTRIES) {
            if (entries[0].buffer != null) {
                counters.increment(IpCounter.REASM_EVICTED);
            }
            remove(0);
        }
    }

    private int indexOf(final PartialDatagram datagram) {
        int i = count - 1;
        while (entries[i] != datagram) {
            i--;
        }
        return i;
    }

    private void remove(final int index) {
        if (entries[index].buffer != null) {
            giveBuffer(entries[index].buffer);
            entries[index].buffer = null;
        }
        count--;
        System.arraycopy(entries, index + 1, entries, index, count - index);
        entries[count] = null;
    }

    private void condemn(final PartialDatagram datagram) {
        giveBuffer(datagram.buffer);
        datagram.buffer = null;
    }

    private UnsafeBuffer takeBuffer() {
        if (freeCount > 0) {
            return freeBuffers[--freeCount];
        }
        buffersMade++;
        return new UnsafeBuffer(ByteBuffer.allocateDirect(BUFFER_BYTES));
    }

    private void giveBuffer(final UnsafeBuffer buffer) {
        freeBuffers[freeCount++] = buffer;
    }
}
