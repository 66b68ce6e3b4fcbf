package io.holdfast.app.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The causes of a start that failed are searched for a class of a module that is not there. */
final class MissingModuleTest {
    private static Optional<String> explain(final Throwable cause) {
        return MissingModule.explain(new IllegalStateException("the stack does not start", new ExceptionInInitializerError(cause)));
    }

    @Test
    void shouldNameAModuleOfTheRuntimeImage() {
        assertEquals(Optional.of("the JDK's module jdk.net is not among the program's: start it with --add-modules jdk.net"),
            explain(new NoClassDefFoundError("jdk/net/ExtendedSocketOptions")));
        assertEquals(Optional.of("the JDK's module java.sql is not among the program's: start it with --add-modules java.sql"),
            explain(new ClassNotFoundException("java.sql.Driver")));
    }

    @Test
    void shouldNameTheModuleOfAnAlgorithm() {
        assertEquals(true, explain(new NoSuchAlgorithmException("EC KeyFactory not available")).orElseThrow().contains("jdk.crypto.ec"));
    }

    @Test
    void shouldLeaveOtherFailuresAlone() {
        assertEquals(Optional.empty(), explain(new NoClassDefFoundError("app/Main")));
        assertEquals(Optional.empty(), explain(new NoClassDefFoundError()));
        assertEquals(Optional.empty(), explain(new NoSuchAlgorithmException("XYZ not available")));
    }
}
