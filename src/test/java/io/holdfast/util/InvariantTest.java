package io.holdfast.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class InvariantTest {
    @Test
    void shouldNameWhatIsViolated() {
        assertTrue(Invariant.ENABLED, "tests run with invariants on");
        Invariant.check(true, "nothing");
        final IllegalStateException e =
            assertThrows(IllegalStateException.class, () -> Invariant.check(false, "the sky is up"));
        assertEquals("invariant violated: the sky is up", e.getMessage());
    }
}
