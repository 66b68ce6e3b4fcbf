package io.holdfast.ip.reassembly;

import java.util.Arrays;
import org.agrona.concurrent.UnsafeBuffer;

/** One incomplete datagram and the ranges of it that have arrived. Shard's thread only. */
final class PartialDatagram {
    /** Result of adding a fragment. */
    enum Insertion {
        NEW,
        /** The same bytes have arrived before, as one fragment. */
        DUPLICATE,
        /** The fragment overlaps another, or they disagree about the datagram's length. */
        CONTRADICTION,
        TOO_MANY
    }

    final long sourceHi;
    final long sourceLo;
    final long destinationHi;
    final long destinationLo;
    final int protocol;
    final int identification;
    /** Null once the datagram is condemned. */
    UnsafeBuffer buffer;
    long deadlineNs;
    /** Header length of the first fragment; 0 until it has arrived. */
    int headerLength;
    int firstLength;
    /** Payload bytes of the whole; -1 until the last fragment has come. */
    int total = -1;

    /** Ranges that have come, by their start; they do not overlap. */
    private int[] starts = new int[8];
    private int[] ends = new int[8];
    private int count;
    private int received;

    PartialDatagram(
        final long sourceHi,
        final long sourceLo,
        final long destinationHi,
        final long destinationLo,
        final int protocol,
        final int identification) {
        this.sourceHi = sourceHi;
        this.sourceLo = sourceLo;
        this.destinationHi = destinationHi;
        this.destinationLo = destinationLo;
        this.protocol = protocol;
        this.identification = identification;
    }

    boolean is(
        final long otherSourceHi,
        final long otherSourceLo,
        final long otherDestinationHi,
        final long otherDestinationLo,
        final int otherProtocol,
        final int otherIdentification) {
        return identification == otherIdentification && sourceLo == otherSourceLo && destinationLo == otherDestinationLo
            && protocol == otherProtocol && sourceHi == otherSourceHi && destinationHi == otherDestinationHi;
    }

    Insertion insert(final int start, final int end, final boolean more) {
        int at = count;
        while (at > 0 && starts[at - 1] >= start) {
            at--;
        }
        if (at < count && starts[at] == start && ends[at] == end) {
            return Insertion.DUPLICATE;
        }
        final boolean overlaps = at > 0 && ends[at - 1] > start || at < count && starts[at] < end;
        final boolean lengthsDisagree = more
            ? total >= 0 && end >= total
            : total >= 0 && end != total || count > 0 && ends[count - 1] > end;
        if (overlaps || lengthsDisagree) {
            return Insertion.CONTRADICTION;
        }
        if (count == Reassembler.MAX_FRAGMENTS) {
            return Insertion.TOO_MANY;
        }
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, count * 2);
            ends = Arrays.copyOf(ends, count * 2);
        }
        System.arraycopy(starts, at, starts, at + 1, count - at);
        System.arraycopy(ends, at, ends, at + 1, count - at);
        starts[at] = start;
        ends[at] = end;
        count++;
        received += end - start;
        if (!more) {
            total = end;
        }
        return Insertion.NEW;
    }

    /** No two ranges overlap, so the sum of their lengths tells. */
    boolean isComplete() {
        return received == total;
    }
}
