package io.holdfast.app.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
    @Test
    void shouldReadEveryField() throws Exception {
        final Request request = reader(frame(17, 1, 0, 0xCAFEBABE, -5, new byte[]{1, 2, 3})).next();

        assertEquals(Op.CONFIG, request.op());
        assertEquals(true, request.autoAdvance());
        assertEquals(0xCAFEBABE, request.id());
        assertEquals(-5, request.tUs());
        assertArrayEquals(new byte[]{1, 2, 3}, request.body().rest());
    }

    @Test
    void shouldEndQuietlyBetweenFrames() throws Exception {
        final FrameReader reader = reader(frame(10, 0, 0, 1, 0, new byte[4]));

        reader.next();

        assertNull(reader.next());
    }

    @Test
    void shouldRefuseEndWithinFrame() throws Exception {
        final byte[] frame = frame(10, 0, 0, 1, 0, new byte[4]);
        for (int length = 1; length < frame.length; length++) {
            final byte[] cut = java.util.Arrays.copyOf(frame, length);
            assertThrows(MalformedFrameException.class, () -> reader(cut).next());
        }
    }

    @Test
    void shouldRefuseImpossibleHeaders() throws Exception {
        final byte[] unknownOp = frame(18, 0, 0, 1, 0, new byte[0]);
        final byte[] zeroOp = frame(0, 0, 0, 1, 0, new byte[0]);
        final byte[] reserved = frame(10, 0, 7, 1, 0, new byte[4]);
        final byte[] tooShort = ByteBuffer.allocate(32).putInt(15).array();
        final byte[] tooLong = ByteBuffer.allocate(32).putInt(-1).array();

        for (final byte[] bytes : List.of(unknownOp, zeroOp, reserved, tooShort, tooLong)) {
            assertThrows(MalformedFrameException.class, () -> reader(bytes).next());
        }
    }

    @Property(tries = 200)
    void shouldCutFramesHoweverTheyArrive(@ForAll @Size(max = 12) final List<@IntRange(max = 70_000) Integer> sizes,
        @ForAll @IntRange(min = 1, max = 40_000) final int readSize) throws Exception {
        final ByteArrayOutputStream all = new ByteArrayOutputStream();
        final List<byte[]> bodies = new ArrayList<>();
        for (final int size : sizes) {
            final byte[] body = new byte[size];
            java.util.Arrays.fill(body, (byte) size);
            bodies.add(body);
            all.write(frame(14, 0, 0, size, size, body));
        }

        final FrameReader reader = new FrameReader(inPieces(all.toByteArray(), readSize));

        for (final byte[] body : bodies) {
            final Request request = reader.next();
            assertEquals(body.length, request.id());
            assertArrayEquals(body, request.body().rest());
        }
        assertNull(reader.next());
    }

    @Property(tries = 2000)
    void shouldTakeOrRefuseAnyBytes(@ForAll final byte[] bytes) throws Exception {
        final FrameReader reader = reader(bytes);
        try {
            while (reader.next() != null) {
                // Fine too.
            }
        } catch (final MalformedFrameException e) {
            // As it should be.
        }
    }

    @Property(tries = 5000)
    void shouldTakeOrRefuseAnyBody(@ForAll @IntRange(min = 1, max = 17) final int op, @ForAll final byte[] body)
        throws Exception {
        final Request request = reader(frame(op, 0, 0, 1, 0, body)).next();
        try {
            Decoder.decode(request);
        } catch (final MalformedFrameException e) {
            // As it should be.
        }
    }

    static byte[] frame(final int op, final int flags, final int reserved, final int id, final long tUs, final byte[] body)
        throws IOException {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(FrameReader.HEADER_BYTES + body.length);
            out.writeByte(op);
            out.writeByte(flags);
            out.writeShort(reserved);
            out.writeInt(id);
            out.writeLong(tUs);
            out.write(body);
        }
        return bytes.toByteArray();
    }

    static FrameReader reader(final byte[] bytes) {
        return new FrameReader(Channels.newChannel(new ByteArrayInputStream(bytes)));
    }

    private static ReadableByteChannel inPieces(final byte[] bytes, final int size) {
        return Channels.newChannel(new ByteArrayInputStream(bytes) {
            @Override
            public int read(final byte[] dst, final int offset, final int length) {
                return super.read(dst, offset, Math.min(length, size));
            }
        });
    }
}
