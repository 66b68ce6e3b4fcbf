package io.holdfast.app.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WarmupTest {
    @Test
    void shouldNameClassesThatAreThere() throws Exception {
        final List<String> missing = new ArrayList<>();
        int found = 0;
        try (BufferedReader names = new BufferedReader(new InputStreamReader(
            Warmup.class.getResourceAsStream("start.txt"), StandardCharsets.US_ASCII))) {
            for (final String name : names.lines().toList()) {
                try {
                    Class.forName(name, false, Warmup.class.getClassLoader());
                    found++;
                } catch (final ClassNotFoundException e) {
                    missing.add(name);
                }
            }
        }
        assertEquals(List.of(), missing, "rename them in start.txt, too, or leave them out");
        assertTrue(found > 100, "only " + found);
    }
}
