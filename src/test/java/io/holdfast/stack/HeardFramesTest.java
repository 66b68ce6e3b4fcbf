package io.holdfast.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import io.holdfast.counters.Counters;
import io.holdfast.counters.StackCounter;
import io.holdfast.link.FrameSlot;
import io.holdfast.util.SeededRandom;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HeardFramesTest {
    private static final long AGE_NS = 1_000;

    private final Counters counters = new Counters();
    private final FrameSlot slot = new FrameSlot();

    /** A frame as it went in or came out. */
    private record Frame(int length, int gsoSize, boolean checksumValid, int first, int last) {
    }

    @Test
    void shouldHandOutInOrderWithEveryAttribute() {
        final HeardFrames heard = new HeardFrames(1 << 20, AGE_NS, counters);
        final List<Frame> kept = List.of(keep(heard, 60, 0, false, 1), keep(heard, 65_000, 1448, true, 2),
            keep(heard, 1514, 0, true, 3));
        assertEquals(3, heard.count());

        assertEquals(kept, replay(heard, AGE_NS));
        assertEquals(0, heard.count());
        assertEquals(List.of(), replay(heard, AGE_NS));
        assertEquals(3, count(StackCounter.HEARD));
        assertEquals(3, count(StackCounter.HEARD_TAKEN_IN));
    }

    @Test
    void shouldForgetWhatIsTooOld() {
        final HeardFrames heard = new HeardFrames(1 << 20, AGE_NS, counters);
        keep(heard, 100, 0, true, 0);
        final Frame young = keep(heard, 101, 0, true, 500);
        final Frame newest = keep(heard, 102, 0, true, 1_001);
        assertEquals(2, heard.count());
        assertEquals(List.of(young, newest), replay(heard, 1_500));

        keep(heard, 103, 0, true, 2_000);
        assertEquals(List.of(), replay(heard, 3_001));
        assertEquals(2, count(StackCounter.HEARD_EXPIRED));
    }

    @Test
    void shouldForgetTheOldestWhenFull() {
        final HeardFrames heard = new HeardFrames(3_200, AGE_NS, counters);
        keep(heard, 1_100, 0, true, 1);
        final Frame second = keep(heard, 1_001, 0, true, 2);
        final Frame third = keep(heard, 1_002, 0, true, 3);
        final Frame fourth = keep(heard, 1_003, 0, true, 4);
        keep(heard, 4_000, 0, true, 5);
        assertEquals(List.of(second, third, fourth), replay(heard, 6));
        assertEquals(2, count(StackCounter.HEARD_DISPLACED), "the oldest, and the one larger than the ring");
    }

    @Test
    void shouldHandOutOnceMoreWhatWasDeferred() {
        final HeardFrames heard = new HeardFrames(4_096, AGE_NS, counters);
        for (int i = 1; i <= 9; i++) {
            keep(heard, 900 + i, 0, true, i);
        }
        final List<Integer> lengths = new ArrayList<>();
        heard.replay(new HeardFrames.Handler() {
            @Override
            public boolean onHeard(final FrameSlot s) {
                lengths.add(s.length);
                return s.length % 2 == 0;
            }

            @Override
            public void onAllHeard() {
                lengths.add(0);
            }
        }, 10);
        assertEquals(List.of(906, 907, 908, 909, 0, 907, 909), lengths);
    }

    /** Against a list: whatever the sizes, what comes out is the newest of what went in. */
    @Test
    void shouldKeepASuffixOfWhatCame() {
        final SeededRandom random = new SeededRandom(11);
        final HeardFrames heard = new HeardFrames(20_000, Long.MAX_VALUE, counters);
        final Deque<Frame> all = new ArrayDeque<>();
        long expired = 0;
        for (int i = 0; i < 20_000; i++) {
            all.add(keep(heard, 1 + (int) Long.remainderUnsigned(random.nextLong(), 9_000), i % 7, i % 2 == 0, i));
            if (i % 97 == 0) {
                final int count = heard.count();
                final List<Frame> expected = new ArrayList<>(all).subList(all.size() - count, all.size());
                assertEquals(expected, replay(heard, i));
                all.clear();
                expired += count;
            }
        }
        assertEquals(expired, count(StackCounter.HEARD_TAKEN_IN));
        assertEquals(20_000 - heard.count(), count(StackCounter.HEARD_TAKEN_IN) + count(StackCounter.HEARD_DISPLACED));
    }

    @Test
    void shouldHoldManyFramesOfOneSizeInItsRoom() {
        final HeardFrames heard = new HeardFrames(16 * 1024, AGE_NS, counters);
        for (int i = 0; i < 1_000; i++) {
            keep(heard, 1024 - 24, 0, true, 1);
        }
        assertEquals(16, heard.count());
    }

    @Test
    void shouldAllocateNothingForAFrame() {
        final HeardFrames heard = new HeardFrames(1 << 20, AGE_NS, counters);
        run(heard, 5_000);
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long thread = Thread.currentThread().getId();
        final long before = threads.getThreadAllocatedBytes(thread);
        run(heard, 20_000);
        assertEquals(0, (threads.getThreadAllocatedBytes(thread) - before) / 20_000);
    }

    private void run(final HeardFrames heard, final int frames) {
        slot.clear();
        slot.length = 1_514;
        for (int i = 0; i < frames; i++) {
            heard.keep(slot, i);
        }
    }

    private Frame keep(final HeardFrames heard, final int length, final int gsoSize, final boolean checksumValid,
        final long atNs) {
        slot.clear();
        slot.length = length;
        slot.gsoSize = gsoSize;
        slot.checksumValid = checksumValid;
        slot.buffer.putByte(slot.offset, (byte) atNs);
        slot.buffer.putByte(slot.offset + length - 1, (byte) (atNs * 3 + length));
        final Frame frame = frame(slot);
        heard.keep(slot, atNs);
        return frame;
    }

    private static Frame frame(final FrameSlot of) {
        return new Frame(of.length, of.gsoSize, of.checksumValid, of.buffer.getByte(of.offset),
            of.buffer.getByte(of.offset + of.length - 1));
    }

    private static List<Frame> replay(final HeardFrames heard, final long nowNs) {
        final List<Frame> frames = new ArrayList<>();
        heard.replay(new HeardFrames.Handler() {
            @Override
            public boolean onHeard(final FrameSlot s) {
                frames.add(frame(s));
                return true;
            }

            @Override
            public void onAllHeard() {
            }
        }, nowNs);
        return frames;
    }

    private long count(final StackCounter counter) {
        return counters.get(counter);
    }
}
