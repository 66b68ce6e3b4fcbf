package io.holdfast.app;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code ready}: would a failure be survived now? */
@Command(name = "ready", mixinStandardHelpOptions = true,
    description = "Tells whether a failure would be survived now: on a backup, whether it could take over; on a primary, whether "
        + "a backup is in sync, so that its connections are protected.",
    footer = {"", "Exit status: 0 ready, 1 not ready, or no stack answers; one line says what is missing. 2 misused.", "",
        "  until java -jar holdfast.jar ready; do sleep 1; done   waits for the backup before the primary's upgrade"})
final class ReadyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ControlOption control;

    @Override
    public Integer call() throws IOException {
        return control.decide("ready", "not ready", spec.commandLine());
    }
}
