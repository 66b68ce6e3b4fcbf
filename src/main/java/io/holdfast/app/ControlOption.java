package io.holdfast.app;

import io.holdfast.ops.ControlClient;
import io.holdfast.ops.ControlPath;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** The option of every command that asks a running stack. */
final class ControlOption {
    private static final String YES = "yes ";
    private static final String NO = "no ";

    @Option(names = "--control", paramLabel = "PATH", description = "The stack's control socket; not needed if only one runs.")
    private Path control;

    String ask(final String request) throws IOException {
        return ControlClient.ask(control == null ? ControlPath.only() : control, request);
    }

    /**
     * Asks a yes-or-no question, prints the answer, and returns the exit code: 0 for yes, 1 for no.
     *
     * @param negation first words of the line that is printed for no
     */
    int decide(final String request, final String negation, final CommandLine command) throws IOException {
        final String answer = ask(request).strip();
        if (answer.startsWith(YES)) {
            print(command.getOut(), answer.substring(YES.length()));
            return 0;
        }
        if (answer.startsWith(NO)) {
            print(command.getErr(), negation + ": " + answer.substring(NO.length()));
            return 1;
        }
        throw new IOException("an answer that is neither yes nor no: " + answer);
    }

    private static void print(final PrintWriter out, final String line) {
        out.println(line);
        out.flush();
    }
}
