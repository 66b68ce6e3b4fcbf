package io.holdfast.link;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.wire.Checksum;
import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

final class SoftwareChecksumTest {
    private static final int PSEUDO = 0x1234;

    @Property
    void shouldCompleteAcrossPartsOfAnyLength(
        @ForAll @Size(max = 40) final byte[] head, @ForAll @Size(max = 40) final byte[] a, @ForAll @Size(max = 40) final byte[] b) {
        final OutboundFrame frame = new OutboundFrame();
        frame.clear();
        frame.buffer.putBytes(frame.end, new byte[8]);
        frame.buffer.putShort(frame.end + 6, (short) PSEUDO, BIG_ENDIAN);
        frame.buffer.putBytes(frame.end + 8, head);
        frame.end += 8 + head.length;
        frame.checksumStart = frame.start;
        frame.checksumOffset = 6;
        final UnsafeBuffer partA = direct(a);
        final UnsafeBuffer partB = direct(b);
        frame.addPart(partA.addressOffset(), a.length);
        frame.addPart(partB.addressOffset(), b.length);

        SoftwareChecksum.complete(frame);

        assertEquals(-1, frame.checksumStart);
        final UnsafeBuffer whole = new UnsafeBuffer(new byte[frame.length()]);
        whole.putBytes(0, frame.buffer, frame.start, frame.end - frame.start);
        whole.putBytes(frame.end - frame.start, a);
        whole.putBytes(frame.end - frame.start + a.length, b);
        assertEquals(0, Checksum.finish(Checksum.add(PSEUDO, whole, 0, whole.capacity())));
    }

    @Test
    void shouldLeaveACompleteFrameAlone() {
        final OutboundFrame frame = new OutboundFrame();
        frame.clear();
        frame.buffer.setMemory(frame.end, 8, (byte) 7);
        frame.end += 8;

        SoftwareChecksum.complete(frame);

        assertEquals(0x0707, frame.buffer.getShort(frame.start + 6, BIG_ENDIAN));
    }

    @Test
    void shouldNeverWriteAChecksumOfZero() {
        final OutboundFrame frame = new OutboundFrame();
        frame.clear();
        frame.buffer.setMemory(frame.end, 8, (byte) 0);
        frame.buffer.putShort(frame.end + 6, (short) 0xFFFF, BIG_ENDIAN);
        frame.end += 8;
        frame.checksumStart = frame.start;
        frame.checksumOffset = 6;

        SoftwareChecksum.complete(frame);

        assertEquals((short) 0xFFFF, frame.buffer.getShort(frame.start + 6, BIG_ENDIAN));
    }

    private static UnsafeBuffer direct(final byte[] bytes) {
        final UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(bytes.length + 1));
        buffer.putBytes(0, bytes);
        return buffer;
    }
}
