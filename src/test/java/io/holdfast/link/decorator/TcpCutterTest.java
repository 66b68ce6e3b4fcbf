package io.holdfast.link.decorator;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.link.FrameCopy;
import io.holdfast.wire.Checksum;
import io.holdfast.wire.IpAddress;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class TcpCutterTest {
    private static final int HEADERS = 14 + 20 + 32;
    private static final int CWR_FIN_PSH_ACK = 0x99;

    private final FrameCopy whole = new FrameCopy();
    private final FrameCopy piece = new FrameCopy();
    private final TcpCutter cutter = new TcpCutter();

    @Property(tries = 200)
    void shouldCutIntoWireSegments(
        @ForAll @IntRange(min = 500, max = 9_000) final int gsoSize,
        @ForAll @IntRange(min = 1, max = 30_000) final int beyond) {
        superSegment(gsoSize, gsoSize + beyond);
        assertTrue(cutter.wrap(whole, true));
        int done = 0;
        for (int i = 0; i < cutter.count(); i++) {
            cutter.cut(i, piece);
            final int bytes = piece.length - HEADERS;
            final boolean last = i == cutter.count() - 1;
            assertTrue(last ? bytes > 0 && bytes <= gsoSize : bytes == gsoSize);
            assertEquals(7_000 + done, piece.buffer.getInt(38, BIG_ENDIAN));
            assertEquals(0xFFFF & 0xFFFE + i, piece.buffer.getShort(18, BIG_ENDIAN) & 0xFFFF);
            assertEquals(i == 0, (piece.buffer.getByte(47) & 0x80) != 0, "CWR");
            assertEquals(last, (piece.buffer.getByte(47) & 0x09) == 0x09, "FIN, PSH");
            assertEquals(0, Checksum.of(piece.buffer, 14, 20));
            final int tcpBytes = piece.length - 34;
            assertEquals(0, Checksum.finish(Checksum.add(
                Checksum.pseudoHeader(0, IpAddress.v4Lo(1), 0, IpAddress.v4Lo(2), 6, tcpBytes), piece.buffer, 34, tcpBytes)));
            for (int b = 0; b < bytes; b++) {
                assertEquals((byte) (done + b), piece.buffer.getByte(HEADERS + b));
            }
            assertFalse(piece.checksumValid);
            assertEquals(0, piece.gsoSize);
            done += bytes;
        }
        assertEquals(gsoSize + beyond, done);
    }

    @Test
    void shouldLeaveASegmentThatIsNotLonger() {
        superSegment(1448, 1448);
        assertFalse(cutter.wrap(whole, true));
        whole.gsoSize = 0;
        assertFalse(cutter.wrap(whole, true));
    }

    @Property(tries = 1_000)
    void shouldNeverFailWhateverTheFrame(
        @ForAll @Size(max = 120) final byte[] bytes,
        @ForAll final boolean ethernet,
        @ForAll @IntRange(min = 1, max = 200) final int gsoSize) {
        whole.ensureCapacity(bytes.length);
        whole.buffer.putBytes(0, bytes);
        whole.length = bytes.length;
        whole.gsoSize = gsoSize;
        if (cutter.wrap(whole, ethernet)) {
            for (int i = 0; i < cutter.count(); i++) {
                cutter.cut(i, piece);
                assertTrue(piece.length <= whole.length);
            }
        }
    }

    private void superSegment(final int gsoSize, final int payloadBytes) {
        whole.ensureCapacity(HEADERS + payloadBytes);
        whole.buffer.setMemory(0, HEADERS, (byte) 0);
        whole.length = HEADERS + payloadBytes;
        whole.gsoSize = gsoSize;
        whole.checksumValid = true;
        whole.buffer.putByte(14, (byte) 0x45);
        whole.buffer.putShort(16, (short) (whole.length - 14), BIG_ENDIAN);
        whole.buffer.putShort(18, (short) 0xFFFE, BIG_ENDIAN);
        whole.buffer.putByte(23, (byte) 6);
        whole.buffer.putInt(26, 1, BIG_ENDIAN);
        whole.buffer.putInt(30, 2, BIG_ENDIAN);
        whole.buffer.putInt(38, 7_000, BIG_ENDIAN);
        whole.buffer.putByte(46, (byte) 0x80);
        whole.buffer.putByte(47, (byte) CWR_FIN_PSH_ACK);
        for (int i = 0; i < payloadBytes; i++) {
            whole.buffer.putByte(HEADERS + i, (byte) i);
        }
    }
}
