package io.holdfast.conformance.run;

import io.holdfast.app.conformance.AgentServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A running agent: the stack's in a thread of this process, or the kernel's in a process of its own. */
public final class Agent implements AutoCloseable {
    private static final int START_MS = 20_000;

    private final Path directory;
    private final AgentServer server;
    private final Process process;

    private Agent(final Path directory, final AgentServer server, final Process process) {
        this.directory = directory;
        this.server = server;
        this.process = process;
    }

    /**
     * Starts one.
     *
     * @param repository where {@code conformance/agent} is
     */
    public static Agent start(final Side side, final Path repository) throws IOException {
        final Path directory = Files.createTempDirectory("conformance");
        final Path path = socket(directory);
        if (side == Side.HOLDFAST) {
            final AgentServer server = new AgentServer(path, System.err);
            final Thread thread = new Thread(() -> serve(server), "conformance-agent");
            thread.setDaemon(true);
            thread.start();
            return new Agent(directory, server, null);
        }
        final Process process = new ProcessBuilder("python3", repository.resolve("conformance/agent/linux_agent.py").toString(),
            "--socket", path.toString()).redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        final Agent agent = new Agent(directory, null, process);
        for (int waitedMs = 0; !Files.exists(path); waitedMs += 10) {
            if (!process.isAlive() || waitedMs > START_MS) {
                agent.close();
                throw new IOException("the kernel's agent does not start (it needs root, python3 and /dev/net/tun)");
            }
            try {
                Thread.sleep(10);
            } catch (final InterruptedException e) {
                agent.close();
                throw new IOException("interrupted", e);
            }
        }
        return agent;
    }

    private static void serve(final AgentServer server) {
        try {
            server.run();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path socket(final Path directory) {
        return directory.resolve("agent");
    }

    public Path path() {
        return socket(directory);
    }

    @Override
    public void close() throws IOException {
        if (server != null) {
            server.close();
        }
        if (process != null) {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
            try {
                process.waitFor(5, TimeUnit.SECONDS);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        Files.deleteIfExists(path());
        Files.deleteIfExists(directory);
    }
}
