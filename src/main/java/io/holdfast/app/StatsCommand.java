package io.holdfast.app;

import io.holdfast.ops.ControlClient;
import io.holdfast.ops.ControlPath;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import java.util.concurrent.Callable;

/** {@code stats}: the sockets and the counters of a running stack. */
@Command(name = "stats", mixinStandardHelpOptions = true,
    description = "Lists the sockets and the counters of a running stack.")
final class StatsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--control", paramLabel = "PATH", description = "The stack's control socket; not needed if only one runs.")
    private Path control;

    @Option(names = "--sockets", description = "Only the sockets.")
    private boolean socketsOnly;

    @Option(names = "--counters", description = "Only the counters.")
    private boolean countersOnly;

    @Option(names = {"-i", "--info"}, description = "Vital signs of each connection (TCP_INFO).")
    private boolean info;

    @Option(names = {"-a", "--all"}, description = "Counters that are 0, too.")
    private boolean all;

    @Override
    public Integer call() throws IOException {
        final Path socket = control == null ? ControlPath.only() : control;
        final StringBuilder text = new StringBuilder();
        if (!countersOnly) {
            text.append(ControlClient.ask(socket, info ? "sockets details" : "sockets"));
        }
        if (!socketsOnly) {
            text.append(ControlClient.ask(socket, all ? "counters all" : "counters"));
        }
        spec.commandLine().getOut().print(text);
        spec.commandLine().getOut().flush();
        return 0;
    }
}
