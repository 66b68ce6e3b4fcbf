package io.holdfast.link.tap;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.engine.JupiterTestEngine;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/**
 * Runs a test class in a JVM of its own inside a fresh network namespace, which ends with that JVM. The class must not be
 * named like a test, so that nothing runs it outside.
 */
public final class ScenarioRunner {
    private static final long LIMIT_SECONDS = 120;

    private ScenarioRunner() {
    }

    /** Inside: the names of the classes to run. The exit status is the number of failures, 99 if nothing ran. */
    public static void main(final String[] names) throws ClassNotFoundException {
        final SummaryGeneratingListener listener = new SummaryGeneratingListener();
        final Launcher launcher = LauncherFactory.create(
            LauncherConfig.builder().enableTestEngineAutoRegistration(false).addTestEngines(new JupiterTestEngine()).build());
        for (final String name : names) {
            launcher.execute(LauncherDiscoveryRequestBuilder.request().selectors(selectClass(Class.forName(name)))
                .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "false").build(), listener);
        }
        listener.getSummary().printFailuresTo(new PrintWriter(System.out, true, StandardCharsets.UTF_8), 20);
        final long started = listener.getSummary().getTestsStartedCount();
        System.out.println("scenarios: " + started + " started, " + listener.getSummary().getTestsSucceededCount()
            + " succeeded");
        System.exit(started == 0 ? 99 : (int) listener.getSummary().getTotalFailureCount());
    }

    /** Outside: runs the class, behind a command such as setpriv if one is given; returns the exit status. */
    public static int run(final Class<?> scenarios, final List<String> prefix, final StringBuilder output)
        throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>();
        command.add("unshare");
        command.add("root".equals(System.getProperty("user.name")) ? "-n" : "-Urn");
        command.add("--");
        command.addAll(prefix);
        command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
        command.add("--add-exports");
        command.add("java.base/jdk.internal.misc=ALL-UNNAMED");
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.add("-Xmx512m");
        command.add("-cp");
        command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        command.add(ScenarioRunner.class.getName());
        command.add(scenarios.getName());
        final Path log = Files.createTempFile("holdfast-scenario", ".log");
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                output.append("not done after ").append(LIMIT_SECONDS).append(" s\n");
                return -1;
            }
            return process.exitValue();
        } finally {
            process.destroyForcibly().waitFor();
            output.append(Files.readString(log));
            Files.delete(log);
        }
    }
}
