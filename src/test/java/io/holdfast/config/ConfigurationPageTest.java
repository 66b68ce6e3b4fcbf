package io.holdfast.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.docs.GeneratedPage;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class ConfigurationPageTest {
    @Test
    void shouldNameEverySettingWithItsMeaning() throws IOException {
        final Properties meanings = new Properties();
        try (InputStream in = ConfigurationPageTest.class.getResourceAsStream("meanings.properties")) {
            meanings.load(in);
        }
        final StackConfig defaults = new StackConfig();
        final StringBuilder page = new StringBuilder("\n| key | default | allowed | meaning |\n|---|---|---|---|\n");
        final Set<String> keys = new TreeSet<>();
        for (final Setting setting : Settings.all()) {
            keys.add(setting.key());
            final String value = setting.show(defaults);
            page.append("| `").append(setting.key()).append("` | ").append(value.isEmpty() ? "" : "`" + value + "`").append(" | ")
                .append(GeneratedPage.cell(setting.allowed())).append(" | ")
                .append(GeneratedPage.cell(meanings.getProperty(setting.key(), ""))).append(" |\n");
        }
        assertEquals(keys, new TreeSet<>(meanings.stringPropertyNames()), "keys that have a meaning");
        GeneratedPage.requireCurrent("CONFIGURATION.md", page.append('\n').toString());
    }
}
