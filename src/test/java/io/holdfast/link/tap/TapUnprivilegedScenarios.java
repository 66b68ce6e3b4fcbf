package io.holdfast.link.tap;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.Counters;
import org.junit.jupiter.api.Test;

/** Run without capabilities. */
final class TapUnprivilegedScenarios {
    @Test
    void shouldNameTheMissingCapability() {
        final TapException e = assertThrows(TapException.class,
            () -> TapLink.open(new TapConfig().device("hft0"), new Counters()));
        assertTrue(e.getMessage().contains("CAP_NET_ADMIN"), e.getMessage());
    }
}
