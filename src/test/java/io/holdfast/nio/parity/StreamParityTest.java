package io.holdfast.nio.parity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Bytes through a connection: blocking and not, gathered and scattered, its two ends and how they come. */
class StreamParityTest extends ParityTest {
    @Test
    void shouldCarryBytesBothWays() throws Exception {
        final Pair pair = connect();
        writeFully(pair.client(), bytes(1_000, 1));
        assertArrayEquals(bytes(1_000, 1), readFully(pair.server(), 1_000));
        writeFully(pair.server(), bytes(2_000, 2));
        assertArrayEquals(bytes(2_000, 2), readFully(pair.client(), 2_000));
    }

    @Test
    void shouldCarryMoreThanTheBuffersHoldBothWaysAtOnce() throws Exception {
        final int length = 8 << 20;
        final Pair pair = connect();
        final byte[] up = bytes(length, 3);
        final byte[] down = bytes(length, 4);
        final Background<Void> upWriter = Background.run(() -> {
            writeFully(pair.client(), up);
            return null;
        });
        final Background<Void> downWriter = Background.run(() -> {
            writeFully(pair.server(), down);
            return null;
        });
        final Background<byte[]> upReader = Background.run(() -> readFully(pair.server(), length));
        assertArrayEquals(down, readFully(pair.client(), length));
        assertArrayEquals(up, upReader.result());
        upWriter.result();
        downWriter.result();
    }

    @Test
    void shouldWriteAllOfABufferWhenBlocking() throws Exception {
        final int length = 4 << 20;
        final Pair pair = connect();
        final Background<byte[]> reader = Background.run(() -> readFully(pair.server(), length));
        final ByteBuffer buffer = ByteBuffer.wrap(bytes(length, 5));
        assertEquals(length, pair.client().write(buffer));
        assertFalse(buffer.hasRemaining());
        assertArrayEquals(bytes(length, 5), reader.result());
    }

    @Test
    void shouldReturnFromABlockingReadWithWhatIsThere() throws Exception {
        final Pair pair = connect();
        final ByteBuffer buffer = ByteBuffer.allocate(100);
        final Background<Integer> reader = Background.run(() -> pair.server().read(buffer));
        assertTrue(reader.isAlive());
        writeFully(pair.client(), bytes(10, 6));
        assertEquals(10, reader.result());
        assertEquals(10, buffer.position());
    }

    @Test
    void shouldReadNothingWhenNonBlocking() throws Exception {
        final Pair pair = connect();
        pair.server().configureBlocking(false);
        assertEquals(0, pair.server().read(ByteBuffer.allocate(10)));
        assertEquals(0, pair.server().read(new ByteBuffer[] {ByteBuffer.allocate(10), ByteBuffer.allocate(10)}));
    }

    @Test
    void shouldTakeWhatFitsWhenNonBlockingAndMoreOnceItDrains() throws Exception {
        final Pair pair = connect();
        pair.client().configureBlocking(false);
        final long taken = fill(pair.client());
        assertTrue(taken > 0);
        assertEquals(0, pair.client().write(ByteBuffer.allocate(1)));
        final ByteBuffer sink = ByteBuffer.allocate(1 << 20);
        long drained = 0;
        while (drained < taken) {
            sink.clear().limit((int) Math.min(sink.capacity(), taken - drained));
            drained += pair.server().read(sink);
        }
        while (pair.client().write(ByteBuffer.allocate(1)) == 0) {
            settle();
        }
        assertEquals(1, readFully(pair.server(), 1).length);
    }

    @Test
    void shouldBlockInWriteUntilThePeerReads() throws Exception {
        final Pair pair = connect();
        pair.client().configureBlocking(false);
        final long taken = fill(pair.client());
        pair.client().configureBlocking(true);
        final Background<Integer> writer = Background.run(() -> pair.client().write(ByteBuffer.allocate(1_000)));
        assertTrue(writer.isAlive());
        final ByteBuffer sink = ByteBuffer.allocate(1 << 20);
        long drained = 0;
        while (drained < taken + 1_000) {
            sink.clear();
            drained += pair.server().read(sink);
        }
        assertEquals(1_000, writer.result());
        assertEquals(taken + 1_000, drained);
    }

    @Test
    void shouldGatherAndScatter() throws Exception {
        final Pair pair = connect();
        final byte[] sent = bytes(3_000, 7);
        final ByteBuffer[] parts = {
            ByteBuffer.wrap(sent, 0, 10),
            ByteBuffer.allocateDirect(0),
            ByteBuffer.allocateDirect(1_990).put(sent, 10, 1_990).flip(),
            ByteBuffer.wrap(sent, 2_000, 1_000).asReadOnlyBuffer(),
        };
        assertEquals(3_000, pair.client().write(parts));
        for (final ByteBuffer part : parts) {
            assertFalse(part.hasRemaining());
        }

        final ByteBuffer[] into = {ByteBuffer.allocate(7), ByteBuffer.allocateDirect(1_000), ByteBuffer.allocate(1_993)};
        long read = 0;
        while (read < 3_000) {
            read += pair.server().read(into);
        }
        final byte[] received = new byte[3_000];
        int at = 0;
        for (final ByteBuffer part : into) {
            part.flip();
            final int length = part.remaining();
            part.get(received, at, length);
            at += length;
        }
        assertArrayEquals(sent, received);
    }

    @Test
    void shouldGatherAndScatterASubsequence() throws Exception {
        final Pair pair = connect();
        final ByteBuffer[] buffers = {ByteBuffer.allocate(1), ByteBuffer.allocate(2), ByteBuffer.allocate(4)};
        assertEquals(2, pair.client().write(buffers, 1, 1));
        assertTrue(buffers[0].hasRemaining());
        assertTrue(buffers[2].hasRemaining());
        final ByteBuffer[] into = {ByteBuffer.allocate(1), ByteBuffer.allocate(8)};
        assertEquals(2, pair.server().read(into, 1, 1));
        assertEquals(0, into[0].position());
        assertThrows(IndexOutOfBoundsException.class, () -> pair.client().write(buffers, 2, 2));
        assertThrows(IndexOutOfBoundsException.class, () -> pair.client().read(buffers, -1, 1));
    }

    @Test
    void shouldRespectPositionAndLimit() throws Exception {
        final Pair pair = connect();
        for (final boolean direct : new boolean[] {false, true}) {
            final ByteBuffer out = direct ? ByteBuffer.allocateDirect(100) : ByteBuffer.allocate(100);
            out.put(bytes(100, 8)).position(20).limit(50);
            assertEquals(30, pair.client().write(out));
            assertEquals(50, out.position());
            final ByteBuffer in = direct ? ByteBuffer.allocateDirect(100) : ByteBuffer.allocate(100);
            in.position(5).limit(35);
            while (in.hasRemaining()) {
                pair.server().read(in);
            }
            assertEquals(35, in.position());
            final byte[] got = new byte[30];
            in.position(5).get(got);
            assertArrayEquals(Arrays.copyOfRange(bytes(100, 8), 20, 50), got);
        }
    }

    @Test
    void shouldDoNothingWithEmptyBuffers() throws Exception {
        final Pair pair = connect();
        assertEquals(0, pair.client().write(ByteBuffer.allocate(0)));
        assertEquals(0, pair.client().read(ByteBuffer.allocate(0)), "even when blocking");
        assertEquals(0, pair.client().write(new ByteBuffer[0]));
        assertEquals(0, pair.client().read(new ByteBuffer[0]));
    }

    @Test
    void shouldNotReadIntoAReadOnlyBuffer() throws Exception {
        final Pair pair = connect();
        writeFully(pair.client(), new byte[1]);
        final ByteBuffer readOnly = ByteBuffer.allocate(1).asReadOnlyBuffer();
        assertThrows(IllegalArgumentException.class, () -> pair.server().read(readOnly));
        assertThrows(IllegalArgumentException.class, () -> pair.server().read(new ByteBuffer[] {readOnly}));
        assertEquals(1, readFully(pair.server(), 1).length);
    }

    @Test
    void shouldRefuseNullBuffers() throws Exception {
        final Pair pair = connect();
        assertThrows(NullPointerException.class, () -> pair.client().read((ByteBuffer) null));
        assertThrows(NullPointerException.class, () -> pair.client().write((ByteBuffer) null));
    }

    @Test
    void shouldReachTheEndOfTheStreamAfterThePeerCloses() throws Exception {
        final Pair pair = connect();
        writeFully(pair.client(), bytes(10, 9));
        pair.client().close();
        assertArrayEquals(bytes(10, 9), readFully(pair.server(), 10));
        final ByteBuffer buffer = ByteBuffer.allocate(1);
        assertEquals(-1, pair.server().read(buffer));
        assertEquals(-1, pair.server().read(buffer), "again");
        assertEquals(-1, pair.server().read(new ByteBuffer[] {buffer}));
    }

    @Test
    void shouldWakeABlockedReaderWhenThePeerCloses() throws Exception {
        final Pair pair = connect();
        final Background<Integer> reader = Background.run(() -> pair.server().read(ByteBuffer.allocate(1)));
        pair.client().close();
        assertEquals(-1, reader.result());
    }

    @Test
    void shouldHalfCloseAndGoOnInTheOtherDirection() throws Exception {
        final Pair pair = connect();
        assertEquals(pair.client(), pair.client().shutdownOutput());
        pair.client().shutdownOutput();
        assertEquals(-1, pair.server().read(ByteBuffer.allocate(1)));
        writeFully(pair.server(), bytes(5_000, 10));
        assertArrayEquals(bytes(5_000, 10), readFully(pair.client(), 5_000));
        assertThrows(ClosedChannelException.class, () -> pair.client().write(ByteBuffer.allocate(1)));
        assertTrue(pair.client().isOpen());
        assertTrue(pair.client().isConnected());
    }

    @Test
    void shouldReadEndOfStreamAfterShuttingItsOwnInput() throws Exception {
        final Pair pair = connect();
        pair.server().shutdownInput();
        pair.server().shutdownInput();
        assertEquals(-1, pair.server().read(ByteBuffer.allocate(1)));
        assertEquals(-1, pair.server().read(ByteBuffer.allocate(0)));
        writeFully(pair.server(), new byte[3]);
        assertEquals(3, readFully(pair.client(), 3).length);
    }

    @Test
    void shouldWakeABlockedReaderThatShutsItsInput() throws Exception {
        final Pair pair = connect();
        final Background<Integer> reader = Background.run(() -> pair.server().read(ByteBuffer.allocate(1)));
        pair.server().shutdownInput();
        assertEquals(-1, reader.result());
    }

    @Test
    void shouldReportAReset() throws Exception {
        final Pair pair = connect();
        reset(pair.client());
        settle();
        final ByteBuffer buffer = ByteBuffer.allocate(1);
        final IOException e = assertThrows(IOException.class, () -> pair.server().read(buffer));
        assertTrue(e.getMessage().contains("Connection reset"), e.getMessage());
        assertThrows(IOException.class, () -> pair.server().read(buffer), "and again");
        assertThrows(IOException.class, () -> pair.server().write(buffer));
        assertTrue(pair.server().isOpen());
    }

    @Test
    void shouldWakeABlockedReaderOnReset() throws Exception {
        final Pair pair = connect();
        final Background<Integer> reader = Background.run(() -> pair.server().read(ByteBuffer.allocate(1)));
        reset(pair.client());
        final Throwable e = reader.failure();
        assertTrue(e instanceof IOException && e.getMessage().contains("Connection reset"), e::toString);
    }

    @Test
    void shouldResetWhenClosedWithUnreadBytes() throws Exception {
        final Pair pair = connect();
        writeFully(pair.client(), new byte[100]);
        settle();
        pair.server().close();
        final IOException e = assertThrows(IOException.class, () -> pair.client().read(ByteBuffer.allocate(1)));
        assertTrue(e.getMessage().contains("Connection reset"), e.getMessage());
    }

    @Test
    void shouldBreakThePipeOfAWriterWhosePeerIsGone() throws Exception {
        final Pair pair = connect();
        pair.server().close();
        final IOException e = assertThrows(IOException.class, () -> {
            for (int i = 0; i < 200; i++) {
                pair.client().write(ByteBuffer.allocate(1_000));
                settle();
            }
        });
        assertTrue(e.getMessage().contains("Broken pipe") || e.getMessage().contains("reset"), e.getMessage());
    }

    @Test
    void shouldDeliverWhatWasWrittenBeforeClose() throws Exception {
        final Pair pair = connect();
        pair.client().configureBlocking(false);
        final long taken = fill(pair.client());
        pair.client().close();
        final ByteBuffer sink = ByteBuffer.allocate(1 << 20);
        long drained = 0;
        int n = 0;
        while (n >= 0) {
            drained += n;
            sink.clear();
            n = pair.server().read(sink);
        }
        assertEquals(taken, drained);
    }

    private static void reset(final SocketChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        channel.close();
    }
}
