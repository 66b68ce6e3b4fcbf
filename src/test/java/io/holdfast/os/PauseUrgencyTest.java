package io.holdfast.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PauseUrgencyTest {
    private static final int NICENESS_BEHIND_NAME = 16;
    private static final int URGENT = -15;

    /** Kernel name and niceness of each thread of this process, by number. */
    private static Map<String, Integer> nicenessByName() throws IOException {
        final Map<String, Integer> all = new HashMap<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (final Path task : tasks) {
                try {
                    final String stat = Files.readString(task.resolve("stat"));
                    final String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                    all.put(Files.readString(task.resolve("comm")).strip(), Integer.parseInt(fields[NICENESS_BEHIND_NAME]));
                } catch (final IOException e) {
                    // The thread ended in the meantime.
                    continue;
                }
            }
        }
        return all;
    }

    @Test
    void shouldPreferWhoStopsAllOthersAndNobodyElse() throws IOException {
        final Map<String, Integer> before = nicenessByName();
        final int preferred = PauseUrgency.prefer();
        final Map<String, Integer> after = nicenessByName();
        if (preferred < 0) {
            // Not permitted here, so nothing may have changed.
            assertEquals(before.get("VM Thread"), after.get("VM Thread"));
            return;
        }
        assertTrue(preferred > 0, "none");
        assertEquals(URGENT, after.get("VM Thread"));
        after.forEach((name, niceness) -> {
            if (name.startsWith("GC Thread#")) {
                assertEquals(URGENT, niceness, name);
            } else if (!name.equals("VM Thread") && before.containsKey(name)) {
                assertEquals(before.get(name), niceness, name);
            }
        });
    }
}
