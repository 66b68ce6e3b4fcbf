package io.holdfast.app;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code takeover}: an operator vouches that the other host is dead or cut off. */
@Command(name = "takeover", mixinStandardHelpOptions = true,
    description = "Has this host go on without the other one, when an operator vouches that the other one is dead or cut off from "
        + "the clients. Hosts go on by themselves where that is safe; this is for cases where it is not. Without --force the command "
        + "only says what would happen, and what that may cost.",
    footer = {"", "Exit status: 0 this host leads, 1 it does not (one line says why), 2 misused."})
final class TakeoverCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ControlOption control;

    @Option(names = "--force", description = "Do it, whatever it may cost.")
    private boolean force;

    @Override
    public Integer call() throws IOException {
        return control.decide(force ? "takeover force" : "takeover", "no takeover", spec.commandLine());
    }
}
