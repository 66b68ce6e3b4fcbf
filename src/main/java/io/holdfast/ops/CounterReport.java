package io.holdfast.ops;

import io.holdfast.counters.CounterDescriptor;
import io.holdfast.counters.Counters;
import io.holdfast.stack.CounterCatalog;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Counters as text, in the manner of netstat -s: by component, one a line, with what each means. */
public final class CounterReport {
    private CounterReport() {
    }

    /**
     * @param zeros whether counters that are 0 are shown too
     */
    public static String text(final Counters counters, final boolean zeros) {
        return text(counters::get, zeros);
    }

    static String text(final ToLongFunction<CounterDescriptor> values, final boolean zeros) {
        final StringBuilder text = new StringBuilder(4096);
        for (final Map.Entry<String, List<CounterDescriptor>> component : CounterCatalog.byComponent().entrySet()) {
            text.append(component.getKey()).append(":\n");
            for (final CounterDescriptor counter : component.getValue()) {
                final long value = values.applyAsLong(counter);
                if (zeros || value != 0) {
                    text.append(String.format("  %14d  %-36s %s%n", value, counter.label(), counter.meaning()));
                }
            }
        }
        return text.toString();
    }
}
