package io.holdfast.timer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.holdfast.util.Deadline;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

final class TimerQueueTest {
    private static final int NO_LIMIT = Integer.MAX_VALUE;

    @Example
    void shouldFireInTheOrderOfDeadlinesAndThenOfScheduling() {
        final TimerQueue timers = new TimerQueue(10);
        timers.schedule(3, 100);
        timers.schedule(1, 50);
        timers.schedule(2, 100);
        timers.schedule(0, 101);
        timers.schedule(3, 100);
        assertEquals(50, timers.nextDeadlineNs());
        assertEquals(List.of(1, 3, 2), fire(timers, 100));
        assertEquals(101, timers.nextDeadlineNs());
        assertEquals(List.of(), fire(timers, 100));
        assertEquals(List.of(0), fire(timers, 101));
        assertEquals(Deadline.NONE, timers.nextDeadlineNs());
    }

    @Example
    void shouldNotKeepTheCallerWhenAHandlerSchedulesForNow() {
        final TimerQueue timers = new TimerQueue(1);
        timers.schedule(0, 5);
        assertEquals(7, timers.poll(5, (id, nowNs) -> timers.schedule(id, nowNs), 7));
        assertEquals(5, timers.nextDeadlineNs());
    }

    @Example
    void shouldLetAHandlerCancelATimerThatIsDue() {
        final TimerQueue timers = new TimerQueue(2);
        timers.schedule(0, 1);
        timers.schedule(1, 2);
        assertEquals(1, timers.poll(9, (id, nowNs) -> timers.cancel(1), NO_LIMIT));
        assertEquals(0, timers.size());
    }

    @Example
    void shouldNeverFireWithoutADeadline() {
        final TimerQueue timers = new TimerQueue(2);
        timers.schedule(0, 7);
        timers.schedule(0, Deadline.NONE);
        timers.cancel(1);
        assertEquals(List.of(), fire(timers, Long.MAX_VALUE));
        assertEquals(Deadline.NONE, timers.deadlineNs(0));
    }

    @Example
    void shouldRefuseIdsBeyondItsLimit() {
        final TimerQueue timers = new TimerQueue(1000);
        for (int id = 999; id >= 0; id--) {
            timers.schedule(id, id);
        }
        assertEquals(1000, timers.size());
        assertThrows(IllegalArgumentException.class, () -> timers.schedule(1000, 1));
        assertThrows(IllegalArgumentException.class, () -> timers.schedule(-1, 1));
        timers.clear();
        assertEquals(List.of(), fire(timers, 2000));
    }

    @Property(tries = 200)
    void shouldBehaveLikeASortedList(@ForAll final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final int maxIds = 1 + random.nextInt(300);
        final int spread = 1 + random.nextInt(500);
        final TimerQueue timers = new TimerQueue(maxIds);
        final Map<Integer, long[]> model = new HashMap<>();
        long now = 0;
        for (int i = 0; i < 1000; i++) {
            final int id = random.nextInt(maxIds);
            switch (random.nextInt(8)) {
                case 0 -> {
                    timers.cancel(id);
                    model.remove(id);
                }
                case 1 -> {
                    now += random.nextInt(spread / 4 + 1);
                    final int limit = random.nextInt(20);
                    final List<Integer> expected = due(model, now, limit);
                    final List<Integer> actual = new ArrayList<>();
                    timers.poll(now, (fired, nowNs) -> actual.add(fired), limit);
                    assertEquals(expected, actual);
                    expected.forEach(model::remove);
                }
                default -> {
                    final long deadline = now + random.nextInt(spread);
                    timers.schedule(id, deadline);
                    final long[] old = model.get(id);
                    if (old == null || old[0] != deadline) {
                        model.put(id, new long[] {deadline, i});
                    }
                }
            }
            assertEquals(model.size(), timers.size());
            assertEquals(
                model.values().stream().mapToLong(entry -> entry[0]).min().orElse(Deadline.NONE),
                timers.nextDeadlineNs());
            assertEquals(model.containsKey(id) ? model.get(id)[0] : Deadline.NONE, timers.deadlineNs(id));
        }
        assertEquals(due(model, Deadline.NONE - 1, NO_LIMIT), fire(timers, Deadline.NONE - 1));
    }

    private static List<Integer> due(final Map<Integer, long[]> model, final long now, final int limit) {
        return model.entrySet().stream()
            .filter(entry -> entry.getValue()[0] <= now)
            .sorted(Comparator.<Map.Entry<Integer, long[]>>comparingLong(entry -> entry.getValue()[0])
                .thenComparingLong(entry -> entry.getValue()[1]))
            .limit(limit)
            .map(Map.Entry::getKey)
            .toList();
    }

    private static List<Integer> fire(final TimerQueue timers, final long nowNs) {
        final List<Integer> fired = new ArrayList<>();
        timers.poll(nowNs, (id, now) -> fired.add(id), NO_LIMIT);
        return fired;
    }
}
