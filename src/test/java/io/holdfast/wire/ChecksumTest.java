package io.holdfast.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

final class ChecksumTest {
    @Test
    void shouldMatchTheExampleOfRfc1071() {
        final byte[] data = {0x00, 0x01, (byte) 0xf2, 0x03, (byte) 0xf4, (byte) 0xf5, (byte) 0xf6, (byte) 0xf7};

        assertEquals(0xddf2, Checksum.fold(Checksum.add(0, new UnsafeBuffer(data), 0, data.length)));
    }

    @Test
    void shouldFoldLargestSums() {
        assertEquals(0xFFFF, Checksum.fold(-1L));
        assertEquals(0, Checksum.finish(-1L));
        assertEquals(0xFFFF, Checksum.finish(0));
    }

    @Test
    void shouldNotLoseCarriesInTheLargestPacket() {
        final byte[] data = new byte[65_535];
        java.util.Arrays.fill(data, (byte) 0xFF);

        final long sum = Checksum.add(0, new UnsafeBuffer(data), 0, data.length);
        assertEquals(naive(data, 0, data.length), Checksum.fold(sum));
    }

    @Property(tries = 500)
    void shouldAgreeWithTheNaiveSum(
        @ForAll @Size(max = 300) final byte[] data, @ForAll @IntRange(max = 16) final int skip) {
        final int offset = Math.min(skip, data.length);
        final int length = data.length - offset;
        final int expected = naive(data, offset, length);
        final MutableDirectBuffer direct = new UnsafeBuffer(ByteBuffer.allocateDirect(data.length + 1));
        direct.putBytes(0, data);

        assertEquals(expected, Checksum.fold(Checksum.add(0, new UnsafeBuffer(data), offset, length)));
        assertEquals(expected, Checksum.fold(Checksum.add(0, direct, offset, length)));
        assertEquals(expected, Checksum.fold(Checksum.add(0, direct.addressOffset() + offset, length)));
    }

    @Property(tries = 500)
    void shouldNotCareWhereAMessageIsCut(
        @ForAll @Size(max = 200) final byte[] data, @ForAll final int cutA, @ForAll final int cutB) {
        final int a = Math.floorMod(cutA, data.length + 1);
        final int b = a + Math.floorMod(cutB, data.length - a + 1);
        final MutableDirectBuffer direct = new UnsafeBuffer(ByteBuffer.allocateDirect(data.length + 1));
        direct.putBytes(0, data);

        long sum = Checksum.addAt(0, 0, direct, 0, a);
        sum = Checksum.addAt(sum, a, direct.addressOffset() + a, b - a);
        sum = Checksum.addAt(sum, b, direct, b, data.length - b);

        assertEquals(naive(data, 0, data.length), Checksum.fold(sum));
    }

    @Property
    void shouldUpdateAsIfComputedAnew(
        @ForAll @Size(min = 4, max = 64) final byte[] data,
        @ForAll @IntRange(max = 1) final int word,
        @ForAll @IntRange(max = 0xFFFF) final int value) {
        final UnsafeBuffer buffer = new UnsafeBuffer(data);
        final int before = Checksum.of(buffer, 0, data.length);
        final int old = (data[word * 2] & 0xFF) << 8 | data[word * 2 + 1] & 0xFF;
        data[word * 2] = (byte) (value >>> 8);
        data[word * 2 + 1] = (byte) value;

        final int updated = Checksum.update(before, old, value);

        // The two zeros of one's complement are one number; a message that is all zero has only the positive one.
        assertEquals(Checksum.of(buffer, 0, data.length) % 0xFFFF, updated % 0xFFFF);
    }

    @Test
    void shouldSumPseudoHeadersOfBothFamilies() {
        final IpAddress a = IpAddress.parse("10.77.0.1");
        final IpAddress b = IpAddress.parse("10.77.0.100");
        assertEquals(
            Checksum.fold(0x0a4dL + 0x0001 + 0x0a4d + 0x0064 + 6 + 1480),
            Checksum.fold(Checksum.pseudoHeader(a.hi(), a.lo(), b.hi(), b.lo(), IpProtocol.TCP, 1480)));

        final IpAddress c = IpAddress.parse("2001:db8::1");
        final IpAddress d = IpAddress.parse("fe80::2:ffff");
        assertEquals(
            Checksum.fold(0x2001L + 0xdb8 + 1 + 0xfe80 + 2 + 0xffff + 58 + 0x1 + 0x2345),
            Checksum.fold(Checksum.pseudoHeader(c.hi(), c.lo(), d.hi(), d.lo(), IpProtocol.ICMPV6, 0x12345)));
    }

    private static int naive(final byte[] data, final int offset, final int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            final int octet = data[offset + i] & 0xFF;
            sum += (i & 1) == 0 ? octet << 8 : octet;
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return sum;
    }
}
