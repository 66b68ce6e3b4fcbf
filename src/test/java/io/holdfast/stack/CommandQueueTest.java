package io.holdfast.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class CommandQueueTest {
    @Test
    void shouldRefuseAndCountWhatDoesNotFit() {
        final CommandQueue queue = new CommandQueue();
        final Command command = nowNs -> {
        };
        for (int i = 0; i < CommandQueue.CAPACITY; i++) {
            assertTrue(queue.offer(command));
        }
        assertFalse(queue.offer(command));
        assertFalse(queue.offer(command));
        assertEquals(2, queue.failedOffers());
        queue.poll();
        assertTrue(queue.offer(command));
    }
}
