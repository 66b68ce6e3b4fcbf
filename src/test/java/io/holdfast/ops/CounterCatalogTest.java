package io.holdfast.ops;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.CounterDescriptor;
import io.holdfast.counters.Counters;
import io.holdfast.stack.CounterCatalog;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class CounterCatalogTest {
    /** Two counters of one number would show each other's drops. */
    @Test
    void shouldGiveEachCounterItsOwnPlaceAndLabel() {
        final Map<Integer, CounterDescriptor> places = new HashMap<>();
        final Set<String> labels = new HashSet<>();
        for (final List<CounterDescriptor> component : CounterCatalog.byComponent().values()) {
            assertFalse(component.isEmpty());
            for (final CounterDescriptor counter : component) {
                assertTrue(counter.id() >= 0 && counter.id() < Counters.CAPACITY, counter.label());
                final CounterDescriptor other = places.put(counter.id(), counter);
                assertNull(other, () -> counter.label() + " has the place of " + other.label());
                assertTrue(labels.add(counter.label()), "twice: " + counter.label());
            }
        }
    }

    @Test
    void shouldDescribeEachCounter() {
        for (final List<CounterDescriptor> component : CounterCatalog.byComponent().values()) {
            for (final CounterDescriptor counter : component) {
                assertTrue(counter.meaning().length() > 10, counter.label());
            }
        }
    }

    @Test
    void shouldShowWhatWasCounted() {
        final Counters counters = new Counters();
        final CounterDescriptor counter = CounterCatalog.byComponent().get("tcp").get(0);
        counters.add(counter, 12_345);
        final String text = CounterReport.text(counters, false);
        assertTrue(text.contains("12345  " + counter.label()), text);
        final CounterDescriptor other = CounterCatalog.byComponent().get("tcp").get(1);
        assertFalse(text.contains(other.label()), text);
        assertTrue(CounterReport.text(counters, true).contains(other.label()));
    }
}
