package io.holdfast.ops;

import io.holdfast.counters.CounterDescriptor;
import io.holdfast.counters.Counters;
import io.holdfast.stack.CounterCatalog;
import java.util.List;
import java.util.Locale;

/**
 * All counters in Prometheus's text format 0.0.4, those that are 0 too. A name is {@code holdfast_} and the label in snake case.
 * Untyped, because descriptors do not tell counters from gauges.
 */
final class PrometheusReport {
    private PrometheusReport() {
    }

    static String text(final Counters counters) {
        final StringBuilder text = new StringBuilder(16_384);
        for (final List<CounterDescriptor> component : CounterCatalog.byComponent().values()) {
            for (final CounterDescriptor counter : component) {
                final String name = name(counter.label());
                text.append("# HELP ").append(name).append(' ').append(counter.meaning().replace("\\", "\\\\")).append('\n')
                    .append("# TYPE ").append(name).append(" untyped\n")
                    .append(name).append(' ').append(counters.get(counter)).append('\n');
            }
        }
        return text.toString();
    }

    /** {@code membership.roleChanges} becomes {@code holdfast_membership_role_changes}. */
    static String name(final String label) {
        return "holdfast_" + label.replaceAll("([a-z0-9])([A-Z])", "$1_$2").replaceAll("[^A-Za-z0-9]+", "_")
            .toLowerCase(Locale.ROOT);
    }
}
