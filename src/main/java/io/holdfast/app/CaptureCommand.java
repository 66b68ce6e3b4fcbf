package io.holdfast.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code capture}: a running stack writes its frames to a pcapng file. */
@Command(name = "capture", mixinStandardHelpOptions = true,
    description = "Has a running stack write every frame to a pcapng file, for a while.")
final class CaptureCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ControlOption control;

    @Option(names = "--seconds", defaultValue = "10", description = "For how long (${DEFAULT-VALUE}).")
    private int seconds;

    @Parameters(paramLabel = "FILE", description = "The file to write; the stack's process writes it.")
    private Path file;

    @Override
    public Integer call() throws IOException {
        final String answer = control.ask("capture " + seconds + " " + file.toAbsolutePath());
        spec.commandLine().getOut().print(answer);
        spec.commandLine().getOut().flush();
        return 0;
    }
}
