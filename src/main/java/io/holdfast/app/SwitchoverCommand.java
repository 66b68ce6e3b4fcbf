package io.holdfast.app;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code switchover}: the primary hands over to its backup. */
@Command(name = "switchover", mixinStandardHelpOptions = true,
    description = "Hands the service over from this host, the primary, to its backup, with nothing lost; then this host joins as "
        + "the backup. Waits until that is done, and prints how long nothing departed.",
    footer = {"", "Exit status: 0 the other host leads, 1 it does not (one line says why; this host goes on), 2 misused."})
final class SwitchoverCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ControlOption control;

    @Option(names = "--wait", paramLabel = "SECONDS", defaultValue = "10",
        description = "Longest wait for the end (${DEFAULT-VALUE}).")
    private int seconds;

    @Override
    public Integer call() throws IOException {
        return control.decide("switchover " + seconds, "no switchover", spec.commandLine());
    }
}
