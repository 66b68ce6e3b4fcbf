package io.holdfast.app.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** {@code conformance-agent}: serves until it is stopped. */
@Command(name = "conformance-agent", mixinStandardHelpOptions = true,
    description = "Offers stacks under remote control, call by call and packet by packet, on a unix socket.")
public final class ConformanceAgentCommand implements Callable<Integer> {
    private static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";

    @Option(names = "--socket", required = true, paramLabel = "PATH", description = "Where to listen.")
    private Path socket;

    @Override
    public Integer call() {
        if (System.getProperty(LOG_LEVEL) == null) {
            // A run starts thousands of stacks: logging their settings would drown everything else.
            System.setProperty(LOG_LEVEL, "warn");
        }
        try (AgentServer server = new AgentServer(socket, System.err)) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> closeQuietly(server)));
            System.out.println("conformance-agent: listening on " + socket);
            System.out.flush();
            server.run();
            return ExitCode.OK;
        } catch (final IOException | RuntimeException e) {
            System.err.println("conformance-agent: cannot listen on " + socket + ": " + e.getMessage());
            return ExitCode.SOFTWARE;
        }
    }

    private static void closeQuietly(final AgentServer server) {
        try {
            server.close();
        } catch (final IOException e) {
            // The process ends anyway.
        }
    }
}
