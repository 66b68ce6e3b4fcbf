package io.holdfast;

import org.junit.jupiter.api.Test;

final class BuildTest {
    @Test
    void shouldRun() {
    }
}
