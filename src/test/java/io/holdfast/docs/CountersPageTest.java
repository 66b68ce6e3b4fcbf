package io.holdfast.docs;

import io.holdfast.counters.CounterDescriptor;
import io.holdfast.stack.CounterCatalog;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class CountersPageTest {
    @Test
    void shouldNameEveryCounterWithItsMeaning() throws IOException {
        final StringBuilder page = new StringBuilder();
        for (final Map.Entry<String, List<CounterDescriptor>> component : CounterCatalog.byComponent().entrySet()) {
            page.append("\n## ").append(component.getKey()).append("\n\n| counter | id | meaning |\n|---|---|---|\n");
            for (final CounterDescriptor counter : component.getValue()) {
                page.append("| `").append(counter.label()).append("` | ").append(counter.id()).append(" | ")
                    .append(GeneratedPage.cell(counter.meaning())).append(" |\n");
            }
        }
        GeneratedPage.requireCurrent("COUNTERS.md", page.append('\n').toString());
    }
}
