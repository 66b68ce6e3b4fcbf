package io.holdfast.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class BacklogTest {
    private static final long MS = 1_000_000;

    private final Backlog backlog = new Backlog();

    @Test
    void shouldTellForHowLongTheFirstHasBeenWaiting() {
        backlog.came(10, 100 * MS);
        backlog.came(11, 101 * MS);
        backlog.came(20, 150 * MS);
        backlog.came(30, 300 * MS);
        assertEquals(100 * MS, backlog.waitsNs(10, 200 * MS));
        assertEquals(300 * MS, backlog.waitsNs(11, 400 * MS), "with the one before it, which came at about the same time");
        assertEquals(250 * MS, backlog.waitsNs(20, 400 * MS));
        assertEquals(250 * MS, backlog.waitsNs(25, 400 * MS));
        assertEquals(100 * MS, backlog.waitsNs(31, 400 * MS));
    }

    @Test
    void shouldStartAnewWhenNothingWaited() {
        backlog.came(10, 100 * MS);
        backlog.clear();
        assertEquals(0, backlog.waitsNs(11, 200 * MS));
        backlog.came(11, 500 * MS);
        assertEquals(50 * MS, backlog.waitsNs(11, 550 * MS));
    }

    /** A history brings events connection by connection. */
    @Test
    void shouldPassOverWhatComesOutOfOrder() {
        backlog.came(10, 100 * MS);
        backlog.came(5, 200 * MS);
        assertEquals(200 * MS, backlog.waitsNs(10, 300 * MS));
    }

    @Test
    void shouldKeepNoMoreThanItMust() {
        for (int i = 0; i < 100_000; i++) {
            backlog.came(i, i * 10L * MS);
        }
        assertEquals(100_000 * 10L * MS - 83_616 * 10L * MS, backlog.waitsNs(5, 100_000 * 10L * MS), "or longer");
    }
}
