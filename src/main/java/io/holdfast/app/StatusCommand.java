package io.holdfast.app;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code status}: what a replicated stack is, and how well its connections are protected. */
@Command(name = "status", mixinStandardHelpOptions = true,
    description = "Shows a replicated stack: its role and why, its peer and the paths there, how far the backup is behind, which "
        + "connections are protected, catching up or unprotected, and the last failovers with their timelines.",
    footer = {"", "Roles: STARTING (nothing decided), JOINING (gets the history), BACKUP (could take over), "
        + "PRIMARY (leads, with a backup in sync), SOLO (leads alone), FENCED (led, and may not send any more).",
        "Exit status: 0 shown, 1 no stack answers, or it is not replicated, 2 misused."})
final class StatusCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ControlOption control;

    @Option(names = "--json", description = "For programs: one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        spec.commandLine().getOut().print(control.ask(json ? "status json" : "status"));
        spec.commandLine().getOut().flush();
        return 0;
    }
}
