package io.holdfast.link.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.Counters;
import io.holdfast.counters.LinkCounter;
import io.holdfast.link.FrameSlot;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.OutboundFrame;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

final class MemoryLinkTest {
    private final OutboundFrame frame = new OutboundFrame();
    private final FrameSlot slot = new FrameSlot();

    @Test
    void shouldGatherHeadersAndPartsIntoOneFrame() {
        final MemoryLink.Pair pair = bareIpPair(10);
        final UnsafeBuffer first = direct("abc");
        final UnsafeBuffer second = direct("defgh");
        frame.clear();
        frame.buffer.putStringWithoutLengthAscii(frame.prepend(2), "H:");
        frame.addPart(first.addressOffset(), 3);
        frame.addPart(second.addressOffset(), 5);

        assertTrue(pair.left().transmit(frame));
        second.putStringWithoutLengthAscii(0, "XXXXX");

        assertTrue(pair.right().receive(slot));
        assertEquals("H:abcdefgh", slot.buffer.getStringWithoutLengthAscii(slot.offset, slot.length));
        assertFalse(slot.checksumValid);
        assertEquals(0, slot.gsoSize);
        assertFalse(pair.right().receive(slot));
        assertFalse(pair.left().receive(slot));
    }

    @Test
    void shouldKeepOrderAndRefuseWhenFull() {
        final Counters counters = new Counters();
        final MemoryLink.Pair pair = MemoryLink.pair(LinkCapabilities.bareIp(1500), LinkCapabilities.bareIp(1500), 3,
            counters, new Counters());
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 3; i++) {
                assertTrue(pair.left().transmit(text("frame" + i)));
            }
            assertFalse(pair.left().transmit(text("frame3")));
            for (int i = 0; i < 3; i++) {
                assertTrue(pair.right().receive(slot));
                assertEquals("frame" + i, slot.buffer.getStringWithoutLengthAscii(slot.offset, slot.length));
            }
        }
        assertEquals(5, counters.get(LinkCounter.TRANSMIT_FULL));
        assertEquals(15, counters.get(LinkCounter.FRAMES_OUT));
    }

    @Test
    void shouldCarrySuperSegmentsWholeWhenOffered() {
        final LinkCapabilities offloads = LinkCapabilities.bareIp(1500).withOffloads(true, true);
        final MemoryLink.Pair pair = MemoryLink.pair(offloads, offloads);
        frame.clear();
        frame.end += 60_000;
        frame.gsoSize = 1448;
        frame.checksumStart = frame.start + 20;
        frame.checksumOffset = 16;

        assertTrue(pair.left().transmit(frame));

        assertTrue(pair.right().receive(slot));
        assertEquals(60_000, slot.length);
        assertEquals(1448, slot.gsoSize);
        assertTrue(slot.checksumValid);
    }

    @Test
    void shouldRejectOffloadsThatAreNotOffered() {
        final MemoryLink.Pair pair = bareIpPair(10);
        text("x").gsoSize = 1448;
        assertThrows(IllegalArgumentException.class, () -> pair.left().transmit(frame));
        text("x").checksumStart = frame.start;
        assertThrows(IllegalArgumentException.class, () -> pair.left().transmit(frame));
    }

    @Test
    void shouldDropFramesLongerThanTheMtu() {
        final MemoryLink.Pair pair = bareIpPair(10);
        frame.clear();
        frame.end += 1501;
        assertTrue(pair.left().transmit(frame));
        assertFalse(pair.right().receive(slot));
        frame.end--;
        assertTrue(pair.left().transmit(frame));
        assertTrue(pair.right().receive(slot));
    }

    @Test
    void shouldSwallowFramesToAClosedEnd() {
        final MemoryLink.Pair pair = bareIpPair(1);
        assertTrue(pair.left().transmit(text("a")));
        pair.right().close();
        assertTrue(pair.left().transmit(text("b")));
        assertTrue(pair.left().transmit(text("c")));
        assertFalse(pair.right().receive(slot));
    }

    @Test
    void shouldRememberAWakeUpBeforeTheWait() {
        final MemoryLink.Pair pair = bareIpPair(1);
        pair.left().wakeUp();
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> pair.left().await(Long.MAX_VALUE));
    }

    @Test
    void shouldWakeASleeperByAFrameAndByAWakeUp() throws InterruptedException {
        final MemoryLink.Pair pair = bareIpPair(1);
        final CountDownLatch woken = new CountDownLatch(1);
        final Thread sleeper = new Thread(() -> {
            pair.right().await(Long.MAX_VALUE);
            pair.right().receive(slot);
            woken.countDown();
            pair.right().await(Long.MAX_VALUE);
        });
        sleeper.start();
        pair.left().transmit(text("a"));
        woken.await();
        assertEquals(1, slot.length);
        pair.right().wakeUp();
        sleeper.join();
    }

    private OutboundFrame text(final String text) {
        frame.clear();
        frame.end += frame.buffer.putStringWithoutLengthAscii(frame.start, text);
        return frame;
    }

    private static MemoryLink.Pair bareIpPair(final int queueFrames) {
        return MemoryLink.pair(LinkCapabilities.bareIp(1500), LinkCapabilities.bareIp(1500), queueFrames, new Counters(),
            new Counters());
    }

    private static UnsafeBuffer direct(final String text) {
        final UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(text.length()));
        buffer.putStringWithoutLengthAscii(0, text);
        return buffer;
    }
}
