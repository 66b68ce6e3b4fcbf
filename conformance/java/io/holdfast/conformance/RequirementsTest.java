package io.holdfast.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.conformance.run.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The requirement tables name what there is, and say of everything what its status is. */
final class RequirementsTest {
    private static final Path CONFORMANCE = Path.of("conformance");
    private static final Path SOURCES = Path.of("src/main/java/io/holdfast");
    private static final Set<String> LEVELS = Set.of("MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY", "RECOMMENDED");

    @Test
    void shouldNameScriptsAndClassesThatExist() throws IOException {
        for (final Requirements.Requirement one : all()) {
            for (final String script : one.scripts()) {
                assertTrue(Files.exists(CONFORMANCE.resolve("scripts/" + script + ".pkt")), one + ": no script " + script);
            }
            assertFalse(one.classes().isEmpty(), one.toString());
            for (final String name : one.classes()) {
                assertTrue(Files.exists(SOURCES.resolve(name.replace('.', '/') + ".java")), one + ": no class " + name);
            }
        }
    }

    @Test
    void shouldGiveEveryRequirementALevelAndAStatus() throws IOException {
        for (final Requirements.Requirement one : all()) {
            assertTrue(LEVELS.contains(one.level()), one.toString());
            assertTrue(one.status().matches("(done|partly|not)(:.*)?"), one.toString());
            // A requirement met in part says what is missing; one that follows Linux, in part or in full, says so, too.
            assertFalse(one.status().equals("partly"), one.toString());
        }
    }

    @Test
    void shouldListEveryRequirementOnce() throws IOException {
        for (final String rfc : Requirements.RFCS) {
            final List<Requirements.Requirement> table = Requirements.read(CONFORMANCE, rfc);
            final Set<String> seen = new HashSet<>();
            table.forEach(one -> assertTrue(seen.add(one.id()), one.toString()));
        }
    }

    @Test
    void shouldHaveTheWholeOfAppendixB() throws IOException {
        final List<Requirements.Requirement> table = Requirements.read(CONFORMANCE, "rfc9293");
        assertEquals(69, table.stream().filter(one -> one.id().startsWith("MUST-")).count());
        assertEquals(31, table.stream().filter(one -> one.id().startsWith("SHLD-")).count());
        assertEquals(18, table.stream().filter(one -> one.id().startsWith("MAY-")).count());
    }

    private static List<Requirements.Requirement> all() throws IOException {
        final List<Requirements.Requirement> all = new ArrayList<>();
        for (final String rfc : Requirements.RFCS) {
            all.addAll(Requirements.read(CONFORMANCE, rfc));
        }
        return all;
    }
}
