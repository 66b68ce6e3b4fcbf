package io.holdfast.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.agrona.concurrent.UnsafeBuffer;

final class TcpCodecTest {
    private static final int BEFORE = 7;

    private final TcpSegment segment = new TcpSegment();

    @Example
    void shouldWriteASynAsLinuxDoes() {
        segment.sourcePort = 0xC350;
        segment.destinationPort = 80;
        segment.seq = 0x01020304;
        segment.flags = TcpSegment.SYN;
        segment.window = 64_240;
        segment.mss = 1460;
        segment.sackPermitted = true;
        segment.timestamps = true;
        segment.tsVal = 0x0A0B0C0D;
        segment.windowScale = 7;
        assertEquals(
            "c3500050" + "01020304" + "00000000" + "a002faf0" + "00000000"
                + "020405b4" + "0402080a" + "0a0b0c0d" + "00000000" + "01030307",
            encoded());
    }

    @Example
    void shouldWriteASynWithoutTimestampsAsLinuxDoes() {
        segment.flags = TcpSegment.SYN;
        segment.mss = 1460;
        segment.sackPermitted = true;
        segment.windowScale = 7;
        assertEquals("020405b4" + "01010402" + "01030307", encoded().substring(40));
    }

    @Example
    void shouldWriteTimestampsAndSackAsLinuxDoes() {
        segment.flags = TcpSegment.ACK;
        segment.timestamps = true;
        segment.tsVal = 1;
        segment.tsEcr = 2;
        segment.sackCount = 1;
        segment.sackStart[0] = 0x10;
        segment.sackEnd[0] = 0x20;
        assertEquals(
            "0101080a" + "00000001" + "00000002" + "0101050a" + "00000010" + "00000020", encoded().substring(40));
    }

    @Example
    void shouldLeaveOutSackRangesThatDoNotFit() {
        segment.flags = TcpSegment.ACK;
        segment.sackCount = 4;
        assertEquals(56, TcpCodec.encodedLength(segment));
        segment.timestamps = true;
        assertEquals(60, TcpCodec.encodedLength(segment));
        assertEquals("0101051a", encoded().substring(64, 72));
        segment.flags |= TcpSegment.SYN;
        segment.mss = 1;
        segment.windowScale = 0;
        assertEquals(20 + 4 + 12 + 4 + 4 + 2 * 8, TcpCodec.encodedLength(segment));
    }

    @Example
    void shouldIgnoreSynOptionsOnOtherSegments() {
        final TcpSegment read = decodeOptions("020405b4" + "01030307" + "01010402", TcpSegment.ACK);
        assertEquals(0, read.mss);
        assertEquals(TcpSegment.NO_WINDOW_SCALE, read.windowScale);
        assertFalse(read.sackPermitted);
    }

    @Example
    void shouldSkipUnknownOptions() {
        final TcpSegment read = decodeOptions("fe04f989" + "1e06aabbccdd" + "0204" + "05b40000", TcpSegment.SYN);
        assertEquals(1460, read.mss);
    }

    @Example
    void shouldIgnoreWhatFollowsABadOptionLength() {
        for (final String bad : new String[] {"0800", "0801", "08ff", "fe00"}) {
            final TcpSegment read = decodeOptions("01030307" + bad + "0204" + "05b40000", TcpSegment.SYN);
            assertEquals(7, read.windowScale);
            assertEquals(0, read.mss);
            assertFalse(read.timestamps);
        }
    }

    @Example
    void shouldSkipKnownOptionsOfAWrongLength() {
        final TcpSegment read =
            decodeOptions("02030001" + "0803aa01" + "050baabbccddeeff112233" + "04030001" + "020405b4" + "00",
                TcpSegment.SYN);
        assertEquals(1460, read.mss);
        assertFalse(read.timestamps);
        assertFalse(read.sackPermitted);
        assertEquals(0, read.sackCount);
    }

    @Example
    void shouldStopAtTheEndOfOptions() {
        final TcpSegment read = decodeOptions("00000000" + "020405b4", TcpSegment.SYN);
        assertEquals(0, read.mss);
    }

    @Example
    void shouldNotReadAnOptionKindWithoutALength() {
        // The byte after the header is payload; taken for a length it would make a valid option.
        final TcpSegment read = decode("0000000000000000000000006002000000000000" + "01010104" + "02");
        assertFalse(read.sackPermitted);
        assertEquals(1, read.payloadLength);
    }

    @Example
    void shouldReadFourSackRanges() {
        final TcpSegment read = decodeOptions(
            "01010522" + "00000001" + "00000002" + "00000003" + "00000004"
                + "00000005" + "00000006" + "fffffff7" + "00000008",
            TcpSegment.ACK);
        assertEquals(4, read.sackCount);
        assertEquals(1, read.sackStart[0]);
        assertEquals(0xFFFF_FFF7, read.sackStart[3]);
        assertEquals(8, read.sackEnd[3]);
    }

    @Example
    void shouldRefuseAnImpossibleDataOffset() {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[64]);
        for (int words = 0; words < 16; words++) {
            buffer.putByte(12, (byte) (words << 4));
            assertEquals(words >= 5, TcpCodec.decode(buffer, 0, 64, segment));
            assertEquals(words >= 5 && words <= 10, TcpCodec.decode(buffer, 0, 43, segment));
            assertFalse(TcpCodec.decode(buffer, 0, 19, segment));
        }
    }

    @Property
    void shouldReadWhatItWrote(
        @ForAll final long seed, @ForAll @IntRange(min = 0, max = 255) final int flags, @ForAll final boolean options) {
        final Random random = new Random(seed);
        fill(random, flags, options);
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[BEFORE + 60 + 11]);
        random.nextBytes(buffer.byteArray());
        final int length = TcpCodec.encode(buffer, BEFORE, segment);
        assertEquals(TcpCodec.encodedLength(segment), length);
        assertEquals(0, length % 4);
        assertEquals(0, buffer.getShort(BEFORE + TcpCodec.CHECKSUM_OFFSET));

        final TcpSegment read = new TcpSegment();
        read.sackPermitted = true;
        read.windowScale = 3;
        assertTrue(TcpCodec.decode(buffer, BEFORE, length + 11, read));
        assertEquals(BEFORE + length, read.payloadOffset);
        assertEquals(11, read.payloadLength);
        assertEquals(buffer, read.payload);
        assertSameHeader(segment, read);
    }

    /** Any bytes: no exception, nothing read beyond them, and what was understood survives being written again. */
    @Property(tries = 5_000)
    void shouldNotBreakOnAnyBytes(
        @ForAll @Size(max = 80) final byte[] bytes, @ForAll @IntRange(min = 0, max = 15) final int words) {
        if (bytes.length > 12) {
            bytes[12] = (byte) (words << 4);
        }
        for (int i = 20; i < bytes.length; i++) {
            // Mostly small numbers, which are kinds and lengths of options.
            bytes[i] = bytes[i] < 0 ? (byte) (bytes[i] & 0xF) : bytes[i];
        }
        final UnsafeBuffer exact = new UnsafeBuffer(bytes);
        final boolean valid = TcpCodec.decode(exact, 0, bytes.length, segment);
        assertEquals(bytes.length >= 20 && words >= 5 && words * 4 <= bytes.length, valid);
        if (valid) {
            final UnsafeBuffer buffer = new UnsafeBuffer(new byte[60]);
            // MSS 0 reads as absent, so everything that was read can be written, unless it takes more room padded.
            final int length = TcpCodec.encode(buffer, 0, segment);
            final TcpSegment again = new TcpSegment();
            assertTrue(TcpCodec.decode(buffer, 0, length, again));
            Assume.that(again.sackCount == segment.sackCount);
            assertSameHeader(segment, again);
        }
    }

    private void fill(final Random random, final int flags, final boolean options) {
        segment.clear();
        segment.sourcePort = random.nextInt(65_536);
        segment.destinationPort = random.nextInt(65_536);
        segment.seq = random.nextInt();
        segment.ack = random.nextInt();
        segment.flags = flags;
        segment.window = random.nextInt(65_536);
        segment.urgentPointer = random.nextInt(65_536);
        if (!options) {
            return;
        }
        segment.timestamps = random.nextBoolean();
        segment.tsVal = segment.timestamps ? random.nextInt() : 0;
        segment.tsEcr = segment.timestamps ? random.nextInt() : 0;
        if (segment.has(TcpSegment.SYN)) {
            segment.mss = random.nextInt(65_536);
            segment.windowScale = random.nextInt(257) - 1;
            segment.sackPermitted = random.nextBoolean();
        } else {
            segment.sackCount = random.nextInt(segment.timestamps ? 4 : 5);
            for (int i = 0; i < segment.sackCount; i++) {
                segment.sackStart[i] = random.nextInt();
                segment.sackEnd[i] = random.nextInt();
            }
        }
    }

    private static void assertSameHeader(final TcpSegment expected, final TcpSegment actual) {
        assertEquals(describe(expected), describe(actual));
    }

    private static String describe(final TcpSegment s) {
        final StringBuilder text = new StringBuilder();
        text.append(s.sourcePort).append(' ').append(s.destinationPort).append(' ').append(s.seq).append(' ')
            .append(s.ack).append(' ').append(s.flags).append(' ').append(s.window).append(' ')
            .append(s.urgentPointer).append(" mss ").append(s.mss).append(" ws ").append(s.windowScale)
            .append(" sp ").append(s.sackPermitted).append(" ts ").append(s.timestamps).append(s.tsVal).append(' ')
            .append(s.tsEcr).append(" sack");
        for (int i = 0; i < s.sackCount; i++) {
            text.append(' ').append(s.sackStart[i]).append('-').append(s.sackEnd[i]);
        }
        return text.append(' ').append(s.wireSegments).append(' ').append(s.trafficClass).toString();
    }

    private String encoded() {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[60]);
        final int length = TcpCodec.encode(buffer, 0, segment);
        return HexFormat.of().formatHex(buffer.byteArray(), 0, length);
    }

    private TcpSegment decodeOptions(final String options, final int flags) {
        final String padded = options + "0".repeat((8 - options.length() % 8) % 8);
        final int words = 5 + padded.length() / 8;
        return decode("000000000000000000000000" + HexFormat.of().toHexDigits((byte) (words << 4))
            + HexFormat.of().toHexDigits((byte) flags) + "000000000000" + padded);
    }

    private TcpSegment decode(final String hex) {
        final byte[] bytes = HexFormat.of().parseHex(hex);
        assertTrue(TcpCodec.decode(new UnsafeBuffer(bytes), 0, bytes.length, segment));
        return segment;
    }
}
