package io.holdfast.app;

import io.holdfast.app.conformance.ConformanceAgentCommand;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command line: {@code java -jar holdfast.jar COMMAND}. Exit codes: 0 done, 1 failed, 2 misused. */
@Command(
    name = "holdfast",
    description = "A TCP/IP stack in user space, on a Linux TAP device.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
        SampleCommand.class, StatusCommand.class, ReadyCommand.class, SwitchoverCommand.class, TakeoverCommand.class,
        StatsCommand.class, CaptureCommand.class, KeysCommand.class, ConformanceAgentCommand.class})
public final class Holdfast implements Runnable {
    @Spec
    private CommandSpec spec;

    public static void main(final String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Holdfast()).setExecutionExceptionHandler(Holdfast::failed)
            .setParameterExceptionHandler(Holdfast::misused);
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a command is missing");
    }

    private static int misused(final CommandLine.ParameterException misuse, final String[] arguments) {
        final CommandLine command = misuse.getCommandLine();
        command.getErr().println("holdfast: " + misuse.getMessage());
        command.getErr().println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
        command.getErr().flush();
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    /** Prints the failure in one line; prints its stack trace only if {@code holdfast.trace} is set. */
    private static int failed(
        final Exception failure, final CommandLine command, final CommandLine.ParseResult parsed) {
        final PrintWriter err = command.getErr();
        final String message = failure.getMessage();
        err.println("holdfast: " + (message == null || message.isBlank() ? failure.toString() : message));
        if (Boolean.getBoolean("holdfast.trace")) {
            failure.printStackTrace(err);
        }
        err.flush();
        return command.getCommandSpec().exitCodeOnExecutionException();
    }
}
