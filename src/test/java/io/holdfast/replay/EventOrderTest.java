package io.holdfast.replay;

import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class EventOrderTest {
    private static final int ROUNDS = 200_000;

    /**
     * One thread comes to the event before a write, while another writes and looks for who waits for it: whichever is first, the
     * write is not waited for afterwards.
     */
    @Test
    @Timeout(60)
    void shouldNotMissAWriteThatComesWhileItIsLookedFor() throws InterruptedException {
        final EventOrder order = new EventOrder();
        final AtomicLong written = new AtomicLong();
        final InputScript reader = new InputScript(order, () -> 0, () -> { });
        final InputScript writer = new InputScript(order, written::get, () -> { });
        final AtomicInteger begun = new AtomicInteger();
        final AtomicInteger done = new AtomicInteger();
        final Thread other = new Thread(() -> {
            for (int round = 1; round <= ROUNDS; round++) {
                while (begun.get() < round) {
                    Thread.onSpinWait();
                }
                written.set(round);
                writer.wrote();
                done.set(round);
            }
        }, "writer");
        other.start();
        for (int round = 1; round <= ROUNDS; round++) {
            reader.addAccept(2L * round);
            writer.add(2L * round + 1, EventKind.WRITTEN, round);
            begun.set(round);
            reader.accepted();
            while (done.get() < round) {
                Thread.onSpinWait();
            }
            final int at = round;
            assertNull(order.waitsFor(), () -> "round " + at + ": " + order.waitsForWhat());
        }
        other.join();
    }
}
