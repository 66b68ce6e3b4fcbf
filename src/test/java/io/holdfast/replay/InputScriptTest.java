package io.holdfast.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.buffer.ChunkPool;
import io.holdfast.buffer.StreamBuffer;
import io.holdfast.tcp.TcpConnection;
import io.holdfast.util.SeededRandom;
import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

final class InputScriptTest {
    private final StreamBuffer buffer = new StreamBuffer(new ChunkPool(1 << 20), 1 << 16);
    private final EventOrder order = new EventOrder();
    private long written;
    private int told;
    private final InputScript script = script();
    private final InputScript other = script();
    private long number;

    private InputScript script() {
        return new InputScript(order, () -> written, () -> told++);
    }

    private void add(final InputScript to, final int kind, final long value) {
        to.add(++number, kind, value);
    }

    private void portion(final int bytes) {
        add(script, EventKind.READ, bytes);
    }

    private void live() {
        script.goLive();
        other.goLive();
        order.goLive();
    }

    private boolean readable() {
        return script.isReadable(buffer);
    }

    private void arrives(final int bytes) {
        buffer.append(new UnsafeBuffer(new byte[bytes]), 0, bytes);
    }

    private int read(final int most) {
        return script.read(buffer, ByteBuffer.allocate(most));
    }

    @Test
    void shouldGiveNothingBeforeThePrimaryHasRead() {
        arrives(100);
        assertFalse(readable());
        assertEquals(0, read(100));
        portion(60);
        assertTrue(readable());
        assertEquals(60, read(100));
        assertFalse(readable());
        assertEquals(0, read(100));
    }

    @Test
    void shouldSplitAPortionWhereThereIsLessRoom() {
        arrives(100);
        portion(60);
        assertEquals(40, read(40));
        assertEquals(20, read(40));
        assertEquals(0, read(40));
    }

    /** The client's next input may be an answer: the reading thread must not see it before the working thread has written. */
    @Test
    void shouldWaitForTheOutputThatCameBefore() {
        arrives(100);
        portion(10);
        add(other, EventKind.WRITTEN, 50);
        portion(20);
        portion(30);
        live();
        assertEquals(10, read(100));
        written = 49;
        other.wrote();
        assertFalse(readable());
        assertEquals(0, read(100));
        assertEquals("its server has written 49 bytes, the primary's 50", order.waitsForWhat());
        written = 50;
        other.wrote();
        assertTrue(readable());
        assertEquals(20, read(100));
        assertEquals(30, read(100));
        assertTrue(readable());
        assertEquals(InputScript.FREE, read(100));
    }

    @Test
    void shouldNotWaitForOneThatHasLeft() {
        arrives(100);
        add(other, EventKind.WRITTEN, 50);
        add(other, EventKind.READ, 5);
        portion(20);
        assertFalse(readable());
        other.leave();
        assertTrue(readable());
        assertEquals(20, read(100));
    }

    @Test
    void shouldPlayOneThatWasPassedInItsOwnOrder() {
        arrives(100);
        add(other, EventKind.WRITTEN, 50);
        portion(20);
        portion(30);
        script.pass();
        assertEquals(20, read(100));
        assertEquals(30, read(100));
        assertEquals(0, read(100));
        live();
        assertEquals(InputScript.FREE, read(100));
    }

    /** A connection's accept, reads, end and error come where the primary's program came to them. */
    @Test
    void shouldTellOfEndsAndErrorsWhenTheyAreDue() {
        final int all = TcpConnection.CONNECTED | TcpConnection.PEER_CLOSED | TcpConnection.FAILED | TcpConnection.CLOSED;
        other.addAccept(++number);
        portion(3);
        add(script, EventKind.END, 0);
        add(script, EventKind.ERROR, 0);
        arrives(3);
        assertTrue(other.isAcceptDue());
        assertFalse(readable());
        other.accepted();
        assertTrue(readable());
        assertEquals(TcpConnection.CONNECTED, script.visible(all));
        assertEquals(3, read(100));
        assertEquals(TcpConnection.CONNECTED | TcpConnection.PEER_CLOSED, script.visible(all));
        script.endTold();
        assertEquals(TcpConnection.CONNECTED | TcpConnection.PEER_CLOSED | TcpConnection.FAILED, script.visible(all));
        script.errorTold();
        assertEquals(TcpConnection.CONNECTED | TcpConnection.PEER_CLOSED | TcpConnection.FAILED, script.visible(all));
        live();
        assertEquals(all, script.visible(all));
    }

    /** StreamDecoder asks what is available before it reads on: it must be told what the primary's was told. */
    @Test
    void shouldAnswerWhatIsAvailableAsThePrimaryDid() {
        arrives(100);
        assertEquals(0, script.available(buffer));
        portion(10);
        add(script, EventKind.AVAILABLE, 0);
        portion(20);
        assertEquals(10, script.available(buffer));
        assertEquals(4, read(4));
        assertEquals(6, script.available(buffer));
        assertEquals(6, read(100));
        assertEquals(0, script.available(buffer));
        assertEquals(0, script.available(buffer));
        assertEquals(20, read(100));
        assertFalse(script.isAnswerKnown());
        add(script, EventKind.AVAILABLE, 0);
        portion(30);
        assertEquals(30, read(100));
        add(other, EventKind.READ, 5);
        add(script, EventKind.AVAILABLE, 7);
        assertFalse(readable());
        assertFalse(script.isAnswerKnown());
        other.leave();
        assertTrue(readable());
        assertEquals(7, script.available(buffer));
        add(script, EventKind.AVAILABLE, 9);
        portion(11);
        assertEquals(11, read(100));
        live();
        assertEquals(29, script.available(buffer));
    }

    @Test
    void shouldTimeOutWhereThePrimaryDid() {
        assertFalse(script.takeTimeout());
        portion(10);
        add(script, EventKind.TIMEOUT, 0);
        arrives(10);
        assertFalse(script.takeTimeout());
        assertEquals(10, read(100));
        assertTrue(readable());
        assertTrue(script.takeTimeout());
        assertFalse(readable());
    }

    /** No other event overtakes a next event that lies in the history; that event is asked for. */
    @Test
    void shouldWaitForWhatIsToBeFetched() {
        arrives(100);
        number = 8;
        portion(10);
        other.expects(true);
        assertFalse(readable());
        assertTrue(other.isToBeFetched());
        assertEquals(2, told);
        other.add(7, EventKind.WRITTEN, 0);
        assertFalse(readable());
        assertTrue(other.isToBeFetched());
        other.expects(false);
        assertTrue(readable());
    }

    @Test
    void shouldNotJoinPortions() {
        arrives(100);
        portion(10);
        portion(20);
        assertEquals(10, read(100));
        assertEquals(20, read(100));
    }

    @Test
    void shouldFillSeveralBuffersWithOnePortion() {
        arrives(100);
        portion(30);
        portion(30);
        final ByteBuffer[] into = {ByteBuffer.allocate(20), ByteBuffer.allocate(20)};
        assertEquals(30, script.read(buffer, into, 0, 2));
        assertEquals(10, into[1].position());
    }

    @Test
    void shouldPlayToItsEndBeforeReadingIsFree() {
        arrives(100);
        portion(60);
        assertEquals(10, read(10));
        live();
        assertEquals(50, read(100));
        assertTrue(readable());
        assertEquals(InputScript.FREE, read(100));
    }

    /**
     * Reads follow the portions, whatever room they offer: a read never crosses from one portion into the next.
     */
    @Property(tries = 200)
    void shouldKeepPortionsApart(@ForAll final long seed) {
        final SeededRandom random = new SeededRandom(seed);
        final int[] portions = new int[1 + random.nextInt(20)];
        for (int i = 0; i < portions.length; i++) {
            portions[i] = 1 + random.nextInt(500);
            arrives(portions[i]);
            portion(portions[i]);
        }
        for (final int portion : portions) {
            int left = portion;
            while (left > 0) {
                final int room = 1 + random.nextInt(700);
                final int n = read(room);
                assertEquals(Math.min(left, room), n);
                left -= n;
            }
        }
        assertEquals(0, read(100));
    }
}
