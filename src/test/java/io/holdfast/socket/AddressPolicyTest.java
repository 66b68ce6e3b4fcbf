package io.holdfast.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.socket.AddressPolicy.Side;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AddressPolicyTest {
    @Test
    void shouldBeBothWorldsAtTheWildcardUnlessTold() {
        assertEquals(new AddressPolicy(Side.BOTH, Side.KERNEL), AddressPolicy.of(Map.of("stack.addresses", "10.0.0.1")));
    }

    @Test
    void shouldTakeSidesAndPorts() {
        assertEquals(new AddressPolicy(Side.STACK, Map.of(22, Side.KERNEL, 80, Side.BOTH), Side.STACK), AddressPolicy.of(Map.of(
            "listen.wildcard", "stack", "listen.wildcard.22", "kernel", "listen.wildcard.80", "Both", "connect.outgoing", "stack")));
    }

    @ParameterizedTest
    @CsvSource({"listen.wildcard, all", "listen.wildcard.0, stack", "listen.wildcard.http, stack", "listen.wildcard.65536, stack",
        "connect.outgoing, both", "listen.widlcard, stack", "connect.out, stack"})
    void shouldNameWhatCannotBe(final String key, final String value) {
        final String message =
            assertThrows(IllegalArgumentException.class, () -> AddressPolicy.of(Map.of(key, value))).getMessage();
        assertTrue(message.contains(key), message);
    }
}
