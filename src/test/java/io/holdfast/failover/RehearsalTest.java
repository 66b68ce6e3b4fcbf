package io.holdfast.failover;

import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class RehearsalTest {
    @Test
    void shouldGoWell() throws IOException {
        try (Rehearsal rehearsal = new Rehearsal()) {
            assertNull(rehearsal.play());
        }
    }
}
