package io.holdfast.app.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AgentOptionsTest {
    @TempDir
    private Path directory;

    private String message(final String arguments) {
        return assertThrows(IllegalArgumentException.class, () -> AgentOptions.parse(arguments).load()).getMessage();
    }

    private Path file(final String text) throws Exception {
        return Files.writeString(directory.resolve("agent.properties"), text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ",require=protected"})
    void shouldSayWhatToDoWithoutAFile(final String arguments) {
        assertTrue(message(arguments).contains("-javaagent:holdfast.jar=FILE"), message(arguments));
        assertTrue(message(arguments).contains("stack.addresses"), message(arguments));
    }

    @Test
    void shouldSayWhatToDoWithoutArguments() {
        assertTrue(message(null).contains("-javaagent:holdfast.jar=FILE"));
    }

    @Test
    void shouldNameAFileThatIsNotThere() {
        assertTrue(message(directory + "/none").contains(directory + "/none"));
    }

    @Test
    void shouldNameUnknownAndImpossibleOptions() throws Exception {
        assertTrue(message(file("") + ",requires=protected").contains("unknown agent option requires"));
        assertTrue(message(file("") + ",protected").contains("unknown agent option: protected"));
        assertTrue(message(file("agent.require = all").toString()).contains("agent.require = all: allowed is protected or nothing"));
        assertTrue(message(file("agent.onyl = Main").toString()).contains("unknown setting: agent.onyl = Main"));
        assertTrue(message(file("agent.exit_ms = long").toString()).contains("agent.exit_ms = long"));
    }

    @Test
    void shouldPreferWhatTheAgentIsGivenToTheFile() throws Exception {
        assertFalse(AgentOptions.parse(file("").toString()).load().requireProtected());
        assertTrue(AgentOptions.parse(file("agent.require = protected").toString()).load().requireProtected());
        assertFalse(AgentOptions.parse(file("agent.require = protected") + ",require=nothing").load().requireProtected());
        assertEquals(70, AgentOptions.parse(file("agent.exit_ms=70").toString()).load().exitMs());
    }

    @ParameterizedTest
    @CsvSource({
        "'',                  app.Main 8080,                      '',         true",
        "'',                  /opt/app.jar,                       '',         true",
        "'',                  jdk.jcmd/sun.tools.jcmd.JCmd 1,     jdk.jcmd,   false",
        "'',                  jdk.compiler/com.sun.tools.javac.Main, jdk.compiler, false",
        "'',                  java.base/sun.security.tools.keytool.Main, java.base, false",
        "app.Main,            app.Main 8080,                      '',         true",
        "app.Main,            org.codehaus.plexus.classworlds.launcher.Launcher package, '', false",
        "app.jar,             /opt/app.jar --port 8080,           '',         true",
        "app-*.jar,           /opt/app-1.2.jar,                   '',         true",
        "app-*.jar,           /opt/other-1.2.jar,                 '',         false",
        "app.*;other.Main,    other.Main,                         '',         true",
        "app.*,               apps.Main,                          '',         false",
        "hello/app.Main,      hello/app.Main 1,                   hello,      true",
        "app.Main,            hello/app.Main 1,                   hello,      true",
        "sun.tools.jcmd.JCmd, jdk.jcmd/sun.tools.jcmd.JCmd,       jdk.jcmd,   true"
    })
    void shouldStartOnlyInTheProgramThatItIsFor(final String only, final String command, final String module, final boolean wanted)
        throws Exception {
        assertEquals(wanted, AgentOptions.parse(file("") + ",only=" + only).load().isWanted(command, module));
    }
}
