package io.holdfast.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.Counters;
import io.holdfast.counters.MembershipCounter;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PrometheusReportTest {
    @Test
    void shouldMakeNamesOfLabels() {
        assertEquals("holdfast_membership_role_changes", PrometheusReport.name("membership.roleChanges"));
        assertEquals("holdfast_channel_wrong_side", PrometheusReport.name("channel.wrong_side"));
    }

    @Test
    void shouldShowEveryCounterOnceInTheFormat() {
        final Counters counters = new Counters();
        counters.set(MembershipCounter.EPOCH, 42);
        final String text = PrometheusReport.text(counters);
        assertTrue(text.contains("# TYPE holdfast_membership_epoch untyped\nholdfast_membership_epoch 42\n"), text);
        final Set<String> names = new HashSet<>();
        for (final String line : text.split("\n")) {
            if (!line.startsWith("# ")) {
                assertTrue(line.matches("[a-z_][a-z0-9_]* -?[0-9]+"), line);
                assertTrue(names.add(line.split(" ")[0]), "twice: " + line);
            }
        }
        assertTrue(names.size() > 100, "only " + names.size());
    }
}
