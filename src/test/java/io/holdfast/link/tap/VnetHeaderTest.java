package io.holdfast.link.tap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.link.FrameSlot;
import io.holdfast.link.OutboundFrame;
import io.holdfast.wire.Checksum;
import java.nio.ByteOrder;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class VnetHeaderTest {
    private static final int TCP_HEADERS = 14 + 20 + 20;

    private final FrameSlot slot = new FrameSlot();

    @Test
    void shouldTakeAPlainFrameWithoutHints() {
        tcpFrame(100);
        header(0, 0, 0, 0, 0, 0);
        assertEquals(VnetHeader.Verdict.ACCEPTED, VnetHeader.parse(slot));
        assertFalse(slot.checksumValid);
        assertEquals(0, slot.gsoSize);
    }

    @Test
    void shouldTrustAPartialChecksumOfTheTransport() {
        tcpFrame(100);
        header(VnetHeader.FLAG_NEEDS_CSUM, 0, 54, 0, 34, 16);
        assertEquals(VnetHeader.Verdict.ACCEPTED, VnetHeader.parse(slot));
        assertTrue(slot.checksumValid);
    }

    @Test
    void shouldTrustAVerifiedChecksumButNotOfAFragment() {
        tcpFrame(100);
        header(VnetHeader.FLAG_DATA_VALID, 0, 0, 0, 0, 0);
        assertEquals(VnetHeader.Verdict.ACCEPTED, VnetHeader.parse(slot));
        assertTrue(slot.checksumValid);
        slot.buffer.putShort(slot.offset + 20, (short) 0x2000, ByteOrder.BIG_ENDIAN);
        assertEquals(VnetHeader.Verdict.ACCEPTED, VnetHeader.parse(slot));
        assertFalse(slot.checksumValid);
    }

    @Test
    void shouldTakeASuperSegment() {
        tcpFrame(60_000);
        header(VnetHeader.FLAG_NEEDS_CSUM, VnetHeader.GSO_TCPV4 | VnetHeader.GSO_ECN, 54, 1448, 34, 16);
        assertEquals(VnetHeader.Verdict.ACCEPTED, VnetHeader.parse(slot));
        assertTrue(slot.checksumValid);
        assertEquals(1448, slot.gsoSize);
    }

    @Test
    void shouldCompleteAChecksumThatIsNotTheTransports() {
        tcpFrame(101);
        slot.buffer.putByte(slot.offset + 23, (byte) 47);
        slot.buffer.putShort(slot.offset + 38, (short) 0x1234, ByteOrder.BIG_ENDIAN);
        header(VnetHeader.FLAG_NEEDS_CSUM, 0, 0, 0, 34, 4);
        final int expected = Checksum.of(slot.buffer, slot.offset + 34, slot.length - 34);
        assertEquals(VnetHeader.Verdict.COMPLETED, VnetHeader.parse(slot));
        assertFalse(slot.checksumValid);
        assertEquals(expected, slot.buffer.getShort(slot.offset + 38, ByteOrder.BIG_ENDIAN) & 0xFFFF);
    }

    @Test
    void shouldRejectWhatDoesNotHoldTogether() {
        tcpFrame(3000);
        final int partial = VnetHeader.FLAG_NEEDS_CSUM;
        rejects(4, 0, 0, 0, 0, 0);
        rejects(0x80, 0, 0, 0, 0, 0);
        rejects(partial, 0, slot.length + 1, 0, 34, 16);
        rejects(partial, 0, 0, 0, 13, 16);
        rejects(partial, 0, 0, 0, slot.length - 1, 0);
        rejects(partial, 0, 0, 0, 34, 0xFFFF);
        rejects(partial, VnetHeader.GSO_TCPV4, 54, 0, 34, 16);
        rejects(partial, VnetHeader.GSO_TCPV4, 54, 1448, 35, 16);
        rejects(partial, VnetHeader.GSO_TCPV4, 54, 1448, 34, 6);
        rejects(partial, VnetHeader.GSO_TCPV6, 54, 1448, 34, 16);
        rejects(0, VnetHeader.GSO_TCPV4, 54, 1448, 34, 16);
        rejects(partial, 3, 54, 1448, 34, 16);
        rejects(partial, 5, 54, 1448, 34, 16);
    }

    @Property(tries = 2_000)
    void shouldNeverFailNorHintBeyondTheFrame(
        @ForAll @Size(VnetHeader.BYTES) final byte[] header,
        @ForAll @Size(min = 14, max = 200) final byte[] frame,
        @ForAll @IntRange(max = 3) final int bias) {
        slot.clear();
        slot.buffer.putBytes(slot.offset, frame);
        slot.length = frame.length;
        slot.buffer.putBytes(slot.offset - VnetHeader.BYTES, header);
        biasTowardsSense(bias);
        final byte before = slot.buffer.getByte(slot.offset + slot.length);

        final VnetHeader.Verdict verdict = VnetHeader.parse(slot);

        assertEquals(FrameSlot.HEADROOM, slot.offset);
        assertEquals(frame.length, slot.length);
        assertEquals(before, slot.buffer.getByte(slot.offset + slot.length));
        assertTrue(slot.gsoSize >= 0 && slot.gsoSize < slot.length);
        if (verdict == VnetHeader.Verdict.INVALID || verdict == VnetHeader.Verdict.COMPLETED) {
            assertFalse(slot.checksumValid);
        }
        if (slot.gsoSize > 0) {
            assertTrue(slot.checksumValid && slot.length > TCP_HEADERS);
        }
    }

    /** Pure noise hardly ever comes past the first check. */
    private void biasTowardsSense(final int level) {
        if (level > 0) {
            final int at = slot.offset - VnetHeader.BYTES;
            slot.buffer.putByte(at, (byte) VnetHeader.FLAG_NEEDS_CSUM);
            slot.buffer.putShort(at + 2, (short) 0);
            slot.buffer.putShort(slot.offset + 12, (short) 0x0800, ByteOrder.BIG_ENDIAN);
        }
        if (level > 1 && slot.length >= TCP_HEADERS) {
            slot.buffer.putByte(slot.offset + 14, (byte) 0x45);
            slot.buffer.putShort(slot.offset + 20, (short) 0);
            slot.buffer.putByte(slot.offset + 23, (byte) 6);
            slot.buffer.putByte(slot.offset - VnetHeader.BYTES + 1, (byte) VnetHeader.GSO_TCPV4);
        }
        if (level > 2) {
            slot.buffer.putShort(slot.offset - 4, (short) 34, ByteOrder.nativeOrder());
            slot.buffer.putShort(slot.offset - 2, (short) 16, ByteOrder.nativeOrder());
        }
    }

    @Property(tries = 500)
    void shouldParseWhatItEncodes(
        @ForAll @IntRange(min = 1, max = 60_000) final int payloadBytes,
        @ForAll @IntRange(min = 1, max = 9_000) final int gsoSize) {
        tcpFrame(payloadBytes);
        final OutboundFrame frame = new OutboundFrame();
        frame.clear();
        frame.buffer.putBytes(frame.start, slot.buffer, slot.offset, slot.length);
        frame.end += slot.length;
        frame.checksumStart = frame.start + 34;
        frame.checksumOffset = 16;
        frame.gsoSize = gsoSize;
        frame.buffer.setMemory(frame.start - VnetHeader.BYTES, VnetHeader.BYTES, (byte) 0xFF);

        VnetHeader.encode(frame);

        slot.buffer.putBytes(slot.offset - VnetHeader.BYTES, frame.buffer, frame.start - VnetHeader.BYTES, VnetHeader.BYTES);
        assertEquals(VnetHeader.Verdict.ACCEPTED, VnetHeader.parse(slot));
        assertTrue(slot.checksumValid);
        assertEquals(gsoSize < payloadBytes ? gsoSize : 0, slot.gsoSize);
    }

    private void rejects(final int flags, final int gsoType, final int headerLength, final int gsoSize,
        final int checksumStart, final int checksumOffset) {
        header(flags, gsoType, headerLength, gsoSize, checksumStart, checksumOffset);
        assertEquals(VnetHeader.Verdict.INVALID, VnetHeader.parse(slot));
        assertFalse(slot.checksumValid);
    }

    private void header(final int flags, final int gsoType, final int headerLength, final int gsoSize,
        final int checksumStart, final int checksumOffset) {
        final int at = slot.offset - VnetHeader.BYTES;
        final ByteOrder order = ByteOrder.nativeOrder();
        slot.buffer.putByte(at, (byte) flags);
        slot.buffer.putByte(at + 1, (byte) gsoType);
        slot.buffer.putShort(at + 2, (short) headerLength, order);
        slot.buffer.putShort(at + 4, (short) gsoSize, order);
        slot.buffer.putShort(at + 6, (short) checksumStart, order);
        slot.buffer.putShort(at + 8, (short) checksumOffset, order);
    }

    private void tcpFrame(final int payloadBytes) {
        slot.clear();
        slot.length = TCP_HEADERS + payloadBytes;
        slot.buffer.setMemory(slot.offset, slot.length, (byte) 0);
        slot.buffer.putShort(slot.offset + 12, (short) 0x0800, ByteOrder.BIG_ENDIAN);
        slot.buffer.putByte(slot.offset + 14, (byte) 0x45);
        slot.buffer.putByte(slot.offset + 23, (byte) 6);
        slot.buffer.putByte(slot.offset + 46, (byte) 0x50);
    }
}
