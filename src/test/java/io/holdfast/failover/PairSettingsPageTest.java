package io.holdfast.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.docs.GeneratedPage;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class PairSettingsPageTest {
    @Test
    void shouldNameEverySettingOfAPairWithItsMeaning() throws IOException {
        final Properties meanings = new Properties();
        try (InputStream in = PairSettingsPageTest.class.getResourceAsStream("meanings.properties")) {
            meanings.load(in);
        }
        final StringBuilder page = new StringBuilder("\n| key | default | meaning |\n|---|---|---|\n");
        final Set<String> keys = new TreeSet<>();
        for (final String line : new NodeConfig().toString().split("\n")) {
            final int equals = line.indexOf(" =");
            final String key = line.substring(0, equals);
            final String value = line.substring(equals + 2).trim();
            keys.add(key);
            page.append("| `").append(key).append("` | ").append(value.isEmpty() ? "" : "`" + value + "`").append(" | ")
                .append(GeneratedPage.cell(meanings.getProperty(key, ""))).append(" |\n");
        }
        assertEquals(keys, new TreeSet<>(meanings.stringPropertyNames()), "keys that have a meaning");
        GeneratedPage.requireCurrent("CONFIGURATION.md", "pair", page.append('\n').toString());
    }
}
