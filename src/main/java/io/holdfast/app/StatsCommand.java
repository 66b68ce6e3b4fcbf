package io.holdfast.app;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stats}: the sockets and the counters of a running stack. */
@Command(name = "stats", mixinStandardHelpOptions = true,
    description = "Lists the sockets and the counters of a running stack.")
final class StatsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ControlOption control;

    @Option(names = "--sockets", description = "Only the sockets.")
    private boolean socketsOnly;

    @Option(names = "--counters", description = "Only the counters.")
    private boolean countersOnly;

    @Option(names = {"-i", "--info"}, description = "Vital signs of each connection (TCP_INFO).")
    private boolean info;

    @Option(names = {"-a", "--all"}, description = "Counters that are 0, too.")
    private boolean all;

    @Option(names = "--prometheus", description = "Only the counters, all of them, in Prometheus's text format.")
    private boolean prometheus;

    @Override
    public Integer call() throws IOException {
        final StringBuilder text = new StringBuilder();
        if (prometheus) {
            text.append(control.ask("counters prometheus"));
        } else {
            if (!countersOnly) {
                text.append(control.ask(info ? "sockets details" : "sockets"));
            }
            if (!socketsOnly) {
                text.append(control.ask(all ? "counters all" : "counters"));
            }
        }
        spec.commandLine().getOut().print(text);
        spec.commandLine().getOut().flush();
        return 0;
    }
}
