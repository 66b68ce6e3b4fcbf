package io.holdfast.wire;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.UnsafeApi;

/**
 * The Internet checksum (RFC 1071), its incremental update (RFC 1624) and the pseudo headers (RFC 9293 3.1, RFC 8200
 * 8.1). Sums run in a {@code long} of 16-bit words in network order, not folded and not inverted: begin with 0 or
 * {@link #pseudoHeader}, {@code add} each piece, conclude with {@link #finish}. Stateless; any thread.
 *
 * <p>Memory is read eight bytes at a time in native order, which RFC 1071 2(B) allows: only the folded result is
 * swapped.
 */
public final class Checksum {
    private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    private static final long LOW_32 = 0xFFFF_FFFFL;

    private Checksum() {
    }

    /** Adds bytes that begin at an even place of the checksummed message. */
    public static long add(final long sum, final DirectBuffer buffer, final int offset, final int length) {
        buffer.boundsCheck(offset, length);
        return sum + partial(buffer.byteArray(), buffer.addressOffset() + offset, length);
    }

    /** Adds bytes of native memory that begin at an even place of the checksummed message. */
    public static long add(final long sum, final long address, final int length) {
        return sum + partial(null, address, length);
    }

    /**
     * Adds bytes of native memory that begin at place {@code position} of the checksummed message, even or odd: what a
     * message gathered from parts needs after a part of odd length (RFC 1071 2(A)).
     */
    public static long addAt(final long sum, final int position, final long address, final int length) {
        final int part = partial(null, address, length);
        return sum + ((position & 1) == 0 ? part : swap(part));
    }

    /** Like {@link #addAt(long, int, long, int)}, from a buffer. */
    public static long addAt(
        final long sum, final int position, final DirectBuffer buffer, final int offset, final int length) {
        buffer.boundsCheck(offset, length);
        final int part = partial(buffer.byteArray(), buffer.addressOffset() + offset, length);
        return sum + ((position & 1) == 0 ? part : swap(part));
    }

    /**
     * The sum of the pseudo header for IPv4 or IPv6, by the form of the addresses (the two give the same arithmetic).
     *
     * @param length transport header and payload in bytes
     */
    public static long pseudoHeader(
        final long sourceHi,
        final long sourceLo,
        final long destinationHi,
        final long destinationLo,
        final int protocol,
        final int length) {
        final long tail = protocol + (length & 0xFFFF) + (length >>> 16);
        if (IpAddress.isV4(destinationHi, destinationLo)) {
            return tail + (sourceLo & LOW_32) + (destinationLo & LOW_32);
        }
        return tail + halves(sourceHi) + halves(sourceLo) + halves(destinationHi) + halves(destinationLo);
    }

    /** Folds a running sum into 16 bits, not inverted: what a partial checksum field holds. */
    public static int fold(final long sum) {
        long s = halves(sum);
        s = (s & 0xFFFF) + (s >>> 16);
        s = (s & 0xFFFF) + (s >>> 16);
        return (int) ((s & 0xFFFF) + (s >>> 16));
    }

    /** The value of the checksum field: folded and inverted. 0 for a received message that is intact. */
    public static int finish(final long sum) {
        return ~fold(sum) & 0xFFFF;
    }

    /** The checksum of a piece of memory on its own; 0 if it contains its own correct checksum. */
    public static int of(final DirectBuffer buffer, final int offset, final int length) {
        return finish(add(0, buffer, offset, length));
    }

    /** The checksum field after one 16-bit word of the message changed (RFC 1624, equation 3). */
    public static int update(final int checksum, final int oldWord, final int newWord) {
        return ~fold((~checksum & 0xFFFFL) + (~oldWord & 0xFFFFL) + (newWord & 0xFFFFL)) & 0xFFFF;
    }

    private static long halves(final long value) {
        return (value & LOW_32) + (value >>> 32);
    }

    private static int swap(final int word) {
        return (word & 0xFF) << 8 | word >>> 8;
    }

    /**
     * Folded sum of memory, network order. {@code total} sums whole words modulo 2^64 and {@code high} their upper
     * halves, so that the sum of the lower halves is the difference: three operations a word and no carry to look at.
     */
    private static int partial(final Object base, final long address, final int length) {
        final long end = address + length;
        long a = address;
        long total = 0;
        long high = 0;
        long total2 = 0;
        long high2 = 0;
        for (final long last = end - 32; a <= last; a += 32) {
            final long w0 = UnsafeApi.getLong(base, a);
            final long w1 = UnsafeApi.getLong(base, a + 8);
            final long w2 = UnsafeApi.getLong(base, a + 16);
            final long w3 = UnsafeApi.getLong(base, a + 24);
            total += w0;
            high += w0 >>> 32;
            total2 += w1;
            high2 += w1 >>> 32;
            total += w2;
            high += w2 >>> 32;
            total2 += w3;
            high2 += w3 >>> 32;
        }
        for (final long last = end - 8; a <= last; a += 8) {
            final long w = UnsafeApi.getLong(base, a);
            total += w;
            high += w >>> 32;
        }
        total += total2;
        high += high2;
        long sum = total - (high << 32) + high;
        if (end - a >= 4) {
            sum += UnsafeApi.getInt(base, a) & LOW_32;
            a += 4;
        }
        if (end - a >= 2) {
            sum += UnsafeApi.getShort(base, a) & 0xFFFF;
            a += 2;
        }
        if (end > a) {
            final int last = UnsafeApi.getByte(base, a) & 0xFF;
            sum += LITTLE_ENDIAN ? last : last << 8;
        }
        final int folded = fold(sum);
        return LITTLE_ENDIAN ? swap(folded) : folded;
    }
}
