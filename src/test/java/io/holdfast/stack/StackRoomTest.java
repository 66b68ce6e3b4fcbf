package io.holdfast.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.os.ThreadStack;
import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What is left of a stack, to the page, on platform and virtual threads. */
final class StackRoomTest {
    /** A frame of the test's, and what a look itself takes. */
    private static final long FRAMES_BYTES = 2_048;

    private static final class Fall {
        private long least = Long.MAX_VALUE;
        private long first;

        private void deeper() {
            least = Math.min(least, StackRoom.left());
            deeper();
        }

        void run(final CompletableFuture<Fall> result) {
            first = StackRoom.left();
            try {
                deeper();
            } catch (final StackOverflowError e) {
                result.complete(this);
            }
        }
    }

    @Test
    void shouldBeAbleToLook() {
        assertNull(ThreadStack.failure());
    }

    @Test
    void shouldKnowHowMuchIsLeft() throws Exception {
        for (final int stackBytes : new int[] {200 << 10, 256 << 10, 1 << 20, 3 << 20, 200 << 10}) {
            final CompletableFuture<Fall> result = new CompletableFuture<>();
            new Thread(null, () -> new Fall().run(result), "falls", stackBytes).start();
            final Fall fall = result.get();
            assertTrue(fall.least <= FRAMES_BYTES, stackBytes + ": thrown with " + fall.least + " bytes left");
            // The C library may give it a larger one, of a thread that has ended.
            assertTrue(fall.first > stackBytes - (128 << 10), stackBytes + ": begun with " + fall.first);
        }
    }

    @Test
    void shouldKnowHowMuchIsLeftToAVirtualThread() throws Exception {
        final Method starter;
        try {
            starter = Thread.class.getMethod("startVirtualThread", Runnable.class);
        } catch (final NoSuchMethodException e) {
            Assumptions.abort("no virtual threads before JDK 21");
            return;
        }
        for (int i = 0; i < 4; i++) {
            final CompletableFuture<Fall> result = new CompletableFuture<>();
            starter.invoke(null, (Runnable) () -> new Fall().run(result));
            final Fall fall = result.get();
            assertTrue(fall.first > 0, "begun with " + fall.first);
            assertTrue(fall.least <= FRAMES_BYTES, "thrown with " + fall.least + " bytes left");
        }
    }

    @Test
    void shouldThrowOnlyWhereThereIsTooLittle() throws Exception {
        final CompletableFuture<Long> result = new CompletableFuture<>();
        new Thread(null, () -> refused(result), "falls", 256 << 10).start();
        assertEquals(StackRoom.CHANNEL_BYTES, result.get(), FRAMES_BYTES);
    }

    private static void refused(final CompletableFuture<Long> result) {
        try {
            StackRoom.forChannel();
            refused(result);
        } catch (final StackOverflowError e) {
            result.complete(StackRoom.left());
        }
    }
}
