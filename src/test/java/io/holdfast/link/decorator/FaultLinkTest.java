package io.holdfast.link.decorator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.Counters;
import io.holdfast.counters.LinkCounter;
import io.holdfast.link.FrameSlot;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.OutboundFrame;
import io.holdfast.link.memory.MemoryLink;
import io.holdfast.util.Deadline;
import io.holdfast.util.SeededRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** All in virtual time. Frames carry their number. */
final class FaultLinkTest {
    private static final int MANY = 10_000;

    private final Counters counters = new Counters();
    private final MemoryLink.Pair pair = MemoryLink.pair(LinkCapabilities.bareIp(1500), LinkCapabilities.bareIp(1500),
        2 * MANY, new Counters(), new Counters());
    private final OutboundFrame frame = new OutboundFrame();
    private final FrameSlot slot = new FrameSlot();
    private long nowNs = 1_000;

    @Test
    void shouldPassEverythingWithoutFaults() {
        final FaultLink link = link(FaultProfile.NONE, FaultProfile.NONE);
        sendOut(link, 10);
        assertEquals(numbers(10), arrived());
        sendIn(10);
        assertEquals(numbers(10), received(link));
        assertEquals(Deadline.NONE, link.nextDeadlineNs());
    }

    @Test
    void shouldLoseAShareInEachDirectionByItself() {
        final FaultLink link = link(FaultProfile.NONE.withLoss(0.1), FaultProfile.NONE.withLoss(0.5));
        sendOut(link, MANY);
        final int out = arrived().size();
        assertTrue(Math.abs(out - MANY * 0.9) < MANY * 0.02, out + " of " + MANY);
        assertEquals(MANY - out, counters.get(LinkCounter.FAULT_LOST));
        sendIn(MANY);
        final int in = received(link).size();
        assertTrue(Math.abs(in - MANY * 0.5) < MANY * 0.02, in + " of " + MANY);
    }

    @Test
    void shouldDuplicateAShare() {
        final FaultLink link = link(FaultProfile.NONE.withDuplication(0.1), FaultProfile.NONE);
        sendOut(link, MANY);
        final List<Integer> got = arrived();
        assertEquals(MANY, new TreeSet<>(got).size());
        assertEquals(MANY + counters.get(LinkCounter.FAULT_DUPLICATED), got.size());
        assertTrue(Math.abs(got.size() - MANY * 1.1) < MANY * 0.02, got.size() + " of " + MANY);
    }

    @Test
    void shouldDelayAndTellWhenToComeBack() {
        final FaultLink link = link(FaultProfile.NONE, FaultProfile.NONE.withDelay(20_000, 0));
        sendIn(1);
        assertEquals(List.of(), received(link));
        assertEquals(nowNs + 20_000, link.nextDeadlineNs());
        nowNs += 19_999;
        assertEquals(List.of(), received(link));
        nowNs++;
        assertEquals(List.of(0), received(link));
        assertEquals(Deadline.NONE, link.nextDeadlineNs());
    }

    @Test
    void shouldSendDelayedFramesWhenReceiveIsCalled() {
        final FaultLink link = link(FaultProfile.NONE.withDelay(20_000, 0), FaultProfile.NONE);
        sendOut(link, 1);
        assertEquals(List.of(), arrived());
        nowNs = link.nextDeadlineNs();
        assertFalse(link.receive(slot));
        assertEquals(List.of(0), arrived());
    }

    @Test
    void shouldKeepTheOrderUnderJitter() {
        final FaultLink link = link(FaultProfile.NONE.withDelay(5_000, 20_000), FaultProfile.NONE);
        for (int i = 0; i < 1000; i++) {
            link.transmit(numbered(i));
            nowNs += 100;
        }
        final List<Integer> got = new ArrayList<>();
        long last = 0;
        while (link.nextDeadlineNs() != Deadline.NONE) {
            assertTrue(link.nextDeadlineNs() >= last);
            last = link.nextDeadlineNs();
            nowNs = Math.max(nowNs, last);
            link.receive(slot);
            got.addAll(arrived());
        }
        assertEquals(numbers(1000), got);
        assertTrue(last > 1_000 + 100_000 && last <= 1_000 + 100_000 + 25_000);
    }

    @Test
    void shouldReorderAShare() {
        final FaultLink link = link(FaultProfile.NONE.withReordering(0.1, 1_000), FaultProfile.NONE);
        final List<Integer> got = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            link.transmit(numbered(i));
            nowNs += 300;
            link.receive(slot);
            got.addAll(arrived());
        }
        nowNs += 1_000;
        link.receive(slot);
        got.addAll(arrived());
        assertEquals(new TreeSet<>(numbers(1000)), new TreeSet<>(got));
        int late = 0;
        for (int i = 1; i < got.size(); i++) {
            late += got.get(i) < got.get(i - 1) ? 1 : 0;
        }
        assertEquals(1000, got.size());
        assertTrue(late > 50 && late <= counters.get(LinkCounter.FAULT_REORDERED), late + " late");
    }

    @Test
    void shouldTurnOneBitOfAShareAndWithdrawTheChecksum() {
        final LinkCapabilities offloads = LinkCapabilities.bareIp(1500).withOffloads(true, true);
        final MemoryLink.Pair trusted = MemoryLink.pair(offloads, offloads);
        final FaultLink link = new FaultLink(trusted.right(), FaultProfile.NONE, FaultProfile.NONE.withCorruption(0.5),
            new SeededRandom(1), () -> nowNs, counters);
        int turned = 0;
        for (int i = 0; i < 1000; i++) {
            numbered(0);
            frame.checksumStart = frame.start;
            trusted.left().transmit(frame);
            assertTrue(link.receive(slot));
            final int bits = Integer.bitCount(slot.buffer.getInt(slot.offset));
            assertEquals(bits == 0, slot.checksumValid);
            assertTrue(bits <= 1);
            turned += bits;
        }
        assertEquals(counters.get(LinkCounter.FAULT_CORRUPTED), turned);
        assertTrue(Math.abs(turned - 500) < 60, turned + " of 1000");
    }

    @Test
    void shouldHoldTheRateAndDropWhatTheQueueDoesNotTake() {
        // 4 bytes at 32 kbit/s take 1 ms each; besides the one on its way, 40 bytes may wait.
        final FaultLink link = link(FaultProfile.NONE.withRate(32_000, 44), FaultProfile.NONE);
        sendOut(link, 20);
        assertEquals(9, counters.get(LinkCounter.FAULT_QUEUE_DROPPED));
        final long start = nowNs;
        for (int i = 0; i < 11; i++) {
            assertEquals(start + (i + 1) * 1_000_000L, link.nextDeadlineNs());
            nowNs = link.nextDeadlineNs();
            link.receive(slot);
            assertEquals(List.of(i), arrived());
        }
        assertEquals(Deadline.NONE, link.nextDeadlineNs());
    }

    @Test
    void shouldCutAndMendEachDirection() {
        final FaultLink link = link(FaultProfile.NONE, FaultProfile.NONE);
        link.partition(true, false);
        sendOut(link, 3);
        sendIn(3);
        assertEquals(List.of(), arrived());
        assertEquals(numbers(3), received(link));
        link.partition(false, true);
        sendOut(link, 3);
        sendIn(3);
        assertEquals(numbers(3), arrived());
        assertEquals(List.of(), received(link));
        assertEquals(6, counters.get(LinkCounter.FAULT_PARTITIONED));
        link.partition(false, false);
        sendIn(3);
        assertEquals(numbers(3), received(link));
    }

    @Test
    void shouldRepeatWithTheSameSeedOnly() {
        final FaultProfile bad = FaultProfile.NONE.withLoss(0.2).withDuplication(0.1).withReordering(0.1, 500)
            .withDelay(100, 1_000);
        assertEquals(trace(bad, 7), trace(bad, 7));
        assertNotEquals(trace(bad, 7), trace(bad, 8));
    }

    private String trace(final FaultProfile profile, final long seed) {
        nowNs = 1_000;
        final StringBuilder trace = new StringBuilder();
        final FaultLink link =
            new FaultLink(pair.left(), profile, FaultProfile.NONE, new SeededRandom(seed), () -> nowNs, counters);
        for (int i = 0; i < 200; i++) {
            link.transmit(numbered(i));
            nowNs += 137;
            trace.append(arrived()).append(link.nextDeadlineNs());
        }
        nowNs += 100_000;
        link.receive(slot);
        return trace.append(arrived()).toString();
    }

    @Test
    void shouldTryAgainWhenTheDeviceIsFull() {
        final MemoryLink.Pair narrow = MemoryLink.pair(LinkCapabilities.bareIp(1500), LinkCapabilities.bareIp(1500), 1,
            new Counters(), new Counters());
        final FaultLink link = new FaultLink(narrow.left(), FaultProfile.NONE.withDelay(10, 0), FaultProfile.NONE,
            new SeededRandom(1), () -> nowNs, counters);
        sendOut(link, 2);
        nowNs += 10;
        link.receive(slot);
        assertTrue(link.nextDeadlineNs() > nowNs, "no spinning on a full device");
        assertTrue(narrow.right().receive(slot));
        nowNs = link.nextDeadlineNs();
        link.receive(slot);
        assertTrue(narrow.right().receive(slot));
        assertEquals(1, slot.buffer.getInt(slot.offset));
    }

    @Test
    void shouldReturnFromAwaitWhenAFrameIsDue() {
        final FaultLink link = new FaultLink(pair.left(), FaultProfile.NONE, FaultProfile.NONE.withDelay(1_000_000, 0),
            new SeededRandom(1), System::nanoTime, counters);
        sendIn(1);
        assertFalse(link.receive(slot));
        while (!link.receive(slot)) {
            link.await(Long.MAX_VALUE);
        }
        assertEquals(0, slot.buffer.getInt(slot.offset));
    }

    @Test
    void shouldOfferNoOffloads() {
        final LinkCapabilities offloads = LinkCapabilities.plainEthernet(1500, 1).withOffloads(true, true);
        final FaultLink link = new FaultLink(MemoryLink.pair(offloads, offloads).left(), FaultProfile.NONE,
            FaultProfile.NONE, new SeededRandom(1), () -> nowNs, counters);
        assertEquals(LinkCapabilities.plainEthernet(1500, 1), link.capabilities());
    }

    private FaultLink link(final FaultProfile outbound, final FaultProfile inbound) {
        return new FaultLink(pair.left(), outbound, inbound, new SeededRandom(1), () -> nowNs, counters);
    }

    private void sendOut(final FaultLink link, final int count) {
        for (int i = 0; i < count; i++) {
            assertTrue(link.transmit(numbered(i)));
        }
    }

    private void sendIn(final int count) {
        for (int i = 0; i < count; i++) {
            assertTrue(pair.right().transmit(numbered(i)));
        }
    }

    private List<Integer> arrived() {
        final List<Integer> got = new ArrayList<>();
        while (pair.right().receive(slot)) {
            got.add(slot.buffer.getInt(slot.offset));
        }
        return got;
    }

    private List<Integer> received(final FaultLink link) {
        final List<Integer> got = new ArrayList<>();
        // More than one call in a row may find nothing while frames are still in the device.
        for (int idle = 0; idle < MANY; idle++) {
            while (link.receive(slot)) {
                got.add(slot.buffer.getInt(slot.offset));
                idle = 0;
            }
            if (pair.left().pending() == 0) {
                break;
            }
        }
        return got;
    }

    private static List<Integer> numbers(final int count) {
        final List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            numbers.add(i);
        }
        return numbers;
    }

    private OutboundFrame numbered(final int number) {
        frame.clear();
        frame.buffer.putInt(frame.start, number);
        frame.end += Integer.BYTES;
        return frame;
    }
}
