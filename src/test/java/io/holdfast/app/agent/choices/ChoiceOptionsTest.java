package io.holdfast.app.agent.choices;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChoiceOptionsTest {
    @Test
    void shouldFollowWhereTheBackupRunsTheServerToo() {
        assertEquals(ChoiceOptions.USUAL, ChoiceOptions.of("hot", null));
        assertEquals(ChoiceOptions.USUAL, ChoiceOptions.of(" cold ", null));
        assertEquals(ChoiceOptions.NONE, ChoiceOptions.of("resume", null));
        assertEquals(ChoiceOptions.NONE, ChoiceOptions.of("off", null));
        assertEquals(ChoiceOptions.NONE, ChoiceOptions.of(null, null));
    }

    @Test
    void shouldTakeTheWordsGiven() {
        assertEquals(new ChoiceOptions(true, false, false, true, true, ""), ChoiceOptions.of("hot", "clock, nano, queues"));
        assertEquals(ChoiceOptions.NONE, ChoiceOptions.of("hot", "none"));
        assertEquals("clock,random,waits", ChoiceOptions.parse("random,waits,clock").toString());
        assertEquals("none", ChoiceOptions.NONE.toString());
    }

    @Test
    void shouldNameWhatItDoesNotKnow() {
        final String message = assertThrows(IllegalArgumentException.class, () -> ChoiceOptions.parse("clock,dice"))
            .getMessage();
        assertTrue(message.contains("replication.choices = clock,dice"), message);
    }

    @Test
    void shouldReadTheAgentsFile(@TempDir final Path directory) throws Exception {
        final Path file = Files.writeString(directory.resolve("agent.properties"),
            "replication.mode=hot\nreplication.choices=random\nlink.device=hf0\n");
        assertEquals(new ChoiceOptions(false, true, false, false, false, ""), ChoiceOptions.load(file));
    }
}
