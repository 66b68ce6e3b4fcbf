package io.holdfast.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class KeysCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    @Test
    void shouldSayWhatItWroteAndThatItIsForTests() {
        assertEquals(0, run("--cluster", "lab", "--nodes", "a,b", "--out", directory.toString()), err::toString);
        for (final String file : new String[] {"a.crt", "a.key", "b.crt", "b.key", "trust.pem"}) {
            assertTrue(out.toString().contains("wrote " + directory.resolve(file)), out.toString());
            assertTrue(Files.exists(directory.resolve(file)));
        }
        assertTrue(out.toString().contains("for tests"), out.toString());
        assertEquals(1, run("--cluster", "lab", "--nodes", "a,b", "--out", directory.toString()));
        assertTrue(err.toString().contains("a.crt exists already"), err.toString());
    }

    @Test
    void shouldRefuseNamesThatNoNodeCanHave() {
        assertEquals(2, run("--cluster", "lab", "--nodes", "../a,b", "--out", directory.toString()));
        assertTrue(err.toString().contains("--nodes: 1 to 64 letters"), err.toString());
        assertEquals(2, run("--cluster", "", "--nodes", "a,b", "--out", directory.toString()));
        assertEquals(2, run("--cluster", "lab", "--nodes", "a,a", "--out", directory.toString()));
        assertTrue(err.toString().contains("the names must differ"), err.toString());
        assertEquals(2, run("--cluster", "lab", "--out", directory.toString()));
        assertEquals(0, directory.toFile().list().length);
    }

    @Test
    void shouldHelp() {
        assertEquals(0, run("--help"));
        assertTrue(out.toString().contains("replication.certificate"), out.toString());
    }

    private int run(final String... arguments) {
        final String[] all = new String[arguments.length + 1];
        all[0] = "keys";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        final CommandLine command = Holdfast.commandLine();
        command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return command.execute(all);
    }
}
