package io.holdfast.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class ChoiceScriptTest {
    private static final int MILLIS = ChoiceKind.CURRENT_TIME_MILLIS;
    private static final int DRAW = ChoiceKind.RANDOM;

    private final ChoiceScript script = new ChoiceScript();

    private void add(final int kind, final long value) {
        script.add(new ChoiceScript.Choice(kind, value, new byte[0]));
    }

    private long take(final int kind) {
        return script.take(kind, Long.MAX_VALUE).value();
    }

    @Test
    void shouldKeepTheOrderOfEachKindApart() {
        add(DRAW, 1);
        add(MILLIS, 2);
        add(DRAW, 3);
        assertEquals(2, take(MILLIS));
        assertEquals(1, take(DRAW));
        assertEquals(3, take(DRAW));
    }

    @Test
    void shouldKeepPlacesApart() {
        add(ChoiceKind.at(MILLIS, 7), 1);
        add(ChoiceKind.at(MILLIS, 8), 2);
        add(MILLIS, 3);
        assertEquals(3, take(MILLIS));
        assertEquals(2, take(ChoiceKind.at(MILLIS, 8)));
        assertEquals(1, take(ChoiceKind.at(MILLIS, 7)));
    }

    @Test
    void shouldPlayOutWhatThereIsAndThenGiveNothing() {
        add(DRAW, 1);
        script.goLive();
        assertEquals(1, take(DRAW));
        assertNull(script.take(DRAW, Long.MAX_VALUE));
        assertNull(script.take(MILLIS, Long.MAX_VALUE));
    }

    @Test
    void shouldNotWaitWithoutPatience() {
        assertNull(script.take(MILLIS, 0));
        add(MILLIS, 5);
        assertEquals(5, script.take(MILLIS, 0).value());
    }

    @Test
    void shouldEndPatience() {
        assertNull(script.take(MILLIS, 1));
    }

    @Test
    void shouldWakeEveryoneWhoWaits() throws Exception {
        final CompletableFuture<Long> draw = CompletableFuture.supplyAsync(() -> take(DRAW), task -> new Thread(task).start());
        final CompletableFuture<Long> time = CompletableFuture.supplyAsync(() -> take(MILLIS), task -> new Thread(task).start());
        add(MILLIS, 6);
        assertEquals(6, time.get(30, TimeUnit.SECONDS));
        add(DRAW, 5);
        assertEquals(5, draw.get(30, TimeUnit.SECONDS));
        final CompletableFuture<ChoiceScript.Choice> none =
            CompletableFuture.supplyAsync(() -> script.take(DRAW, Long.MAX_VALUE), task -> new Thread(task).start());
        script.goLive();
        assertNull(none.get(30, TimeUnit.SECONDS));
    }

    @Test
    void shouldForgetTheOldestReadingsButNoDraw() {
        for (int i = 0; i <= ChoiceScript.MAX_READINGS; i++) {
            add(MILLIS, i);
            add(DRAW, i);
        }
        assertEquals(1, take(MILLIS));
        assertEquals(0, take(DRAW));
    }

    @Test
    void shouldTellReadingsFromDraws() {
        assertTrue(ChoiceKind.isReading(ChoiceKind.at(ChoiceKind.INSTANT, -1)));
        assertTrue(!ChoiceKind.isReading(ChoiceKind.at(ChoiceKind.SECURE_RANDOM, -1)));
        assertEquals(ChoiceKind.PORT, ChoiceKind.withoutPlace(ChoiceKind.at(ChoiceKind.PORT, -1)));
        assertTrue(ChoiceKind.at(ChoiceKind.PORT, -1) > 0);
    }
}
