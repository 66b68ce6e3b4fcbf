package io.holdfast.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.replay.ChoiceKind;
import io.holdfast.replay.ChoiceScript;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long a backup's server waits for what the primary's was told: nobody waits for ever for what was never asked there. */
@Timeout(20)
final class ServerChoicesTest {
    private static final int DRAW_HERE = ChoiceKind.at(ChoiceKind.RANDOM, 77);
    private static final int READING_HERE = ChoiceKind.at(ChoiceKind.CURRENT_TIME_MILLIS, 77);

    private final ServerChoices choices = new ServerChoices();
    private final ChoiceScript script = new ChoiceScript();

    private ChoiceScript.Choice follow(final int kind, final boolean passed) {
        return choices.follow(() -> passed, script, kind);
    }

    private long tookMs(final int kind, final boolean passed) {
        final long sinceNs = System.nanoTime();
        assertNull(follow(kind, passed));
        return (System.nanoTime() - sinceNs) / 1_000_000;
    }

    @Test
    void shouldNotWaitForADrawThatThePrimaryNeverMade() {
        assertTrue(tookMs(DRAW_HERE, true) < 900, "the primary's server is further");
        tookMs(DRAW_HERE, true);
        assertTrue(tookMs(DRAW_HERE, true) < 100, "a place that draws more often here");
        script.add(new ChoiceScript.Choice(DRAW_HERE, 5, null));
        assertEquals(5, follow(DRAW_HERE, true).value());
    }

    @Test
    void shouldWaitForADrawForHalfASecond() {
        final long took = tookMs(ChoiceKind.SECURE_RANDOM, false);
        assertTrue(took >= 450 && took < 5_000, took + " ms");
        assertTrue(tookMs(ChoiceKind.SECURE_RANDOM, true) >= 150, "what has no place is always waited for");
        tookMs(ChoiceKind.SECURE_RANDOM, true);
        assertTrue(tookMs(ChoiceKind.SECURE_RANDOM, true) >= 150, "what has no place is always waited for");
    }

    @Test
    void shouldGetADrawThatComesWhileItWaits() throws InterruptedException {
        final CountDownLatch begun = new CountDownLatch(1);
        final Thread shard = new Thread(() -> {
            try {
                begun.await();
            } catch (final InterruptedException e) {
                return;
            }
            script.add(new ChoiceScript.Choice(DRAW_HERE, 6, null));
        });
        shard.start();
        final ChoiceScript.Choice choice = choices.follow(() -> {
            begun.countDown();
            return true;
        }, script, DRAW_HERE);
        shard.join();
        assertNotNull(choice);
        assertEquals(6, choice.value());
    }

    @Test
    void shouldNotWaitForAReadingOnceThePrimaryIsFurther() {
        assertTrue(tookMs(READING_HERE, true) < 100);
    }

    /** A thread that still serves the last connection accepts the next: on the primary it was another thread. */
    @Test
    void shouldHardlyWaitForAReadingThatThePrimaryNeverMade() {
        final long took = tookMs(READING_HERE, false);
        assertTrue(took >= 90 && took < 450, took + " ms");
        assertTrue(tookMs(READING_HERE, false) < 50, "not again at that place");
    }

    /** The primary's thread was held up: what it reads at that place is still worth waiting for. */
    @Test
    void shouldWaitAgainAtAPlaceThatIsMostlyAnswered() {
        for (int i = 0; i < 3; i++) {
            script.add(new ChoiceScript.Choice(READING_HERE, i, null));
            assertEquals(i, follow(READING_HERE, false).value());
        }
        tookMs(READING_HERE, false);
        assertTrue(tookMs(READING_HERE, false) >= 90);
    }
}
