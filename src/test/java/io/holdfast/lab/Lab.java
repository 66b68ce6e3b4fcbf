package io.holdfast.lab;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A lab of its own for one test class, made and removed with {@code tap-setup/lab.sh}. Everything started in it ends with
 * it. Where the machine does not allow a lab (no TAP, neither root nor user namespaces), the tests are skipped, unless
 * they run as root: then they fail.
 */
final class Lab implements AutoCloseable {
    /** The stack's address, that of no kernel. */
    static final String SERVICE = "10.77.0.100";
    /** Settings of a stack whose path loses, reorders, repeats and delays, each way. */
    static final String FAULTS = "link.fault.loss=1\nlink.fault.reorder=1\nlink.fault.duplicate=0.5\nlink.fault.delay_ms=2\n"
        + "link.fault.jitter_ms=2\nlink.fault.seed=11\n";
    private static final Path BASE = Path.of(System.getProperty("holdfast.basedir", ".")).toAbsolutePath().normalize();
    static final Path JAR = Path.of(System.getProperty("holdfast.jar", BASE + "/target/holdfast.jar"));
    /** Class path of programs that know nothing of Holdfast: this project's classes would be found before the agent's jar. */
    static final String GUEST_CLASS_PATH = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !Path.of(entry).endsWith(Path.of("target/classes"))).collect(Collectors.joining(File.pathSeparator));
    private static final long LAB_LIMIT_S = 60;
    private static final int SHA256_DIGITS = 64;
    /** JVM options of a stack that runs from the class path; the jar asks for them itself. */
    private static final String EXPORTS = "@" + BASE.resolve("src/build/jvm.options");

    private final String prefix;
    private final Path directory;
    private final List<LabProcess> processes = new ArrayList<>();
    private int processNumber;

    private Lab(final String prefix, final Path directory) {
        this.prefix = prefix;
        this.directory = directory;
    }

    static Lab up(final String name) throws IOException, InterruptedException {
        final String prefix = "t" + Long.toString(ProcessHandle.current().pid() % 1_679_616, 36) + name;
        final Path directory = BASE.resolve("target/lab/" + name);
        Files.createDirectories(directory);
        final Lab lab = new Lab(prefix, directory);
        final LabProcess up = lab.script(List.of("up"));
        if (up.await(LAB_LIMIT_S) != 0) {
            lab.close();
            assumeTrue(System.getProperty("user.name").equals("root"), "no lab here: " + up.output());
            fail("lab.sh up: " + up.output());
        }
        return lab;
    }

    /** A directory for a server to serve. */
    Path root() throws IOException {
        return Files.createDirectories(directory.resolve("root"));
    }

    /** Where the logs of the processes go, and files for a test to use. */
    Path directory() {
        return directory;
    }

    /** {@code java -jar holdfast.jar ARGUMENTS} on host a. */
    LabProcess holdfast(final String... arguments) throws IOException {
        return holdfastOn("a", arguments);
    }

    /** Runs it on any host. */
    LabProcess holdfastOn(final String host, final String... arguments) throws IOException {
        final List<String> command = new ArrayList<>(java());
        command.addAll(List.of("-Xmx512m", "-jar", JAR.toString()));
        command.addAll(List.of(arguments));
        return start(host, command);
    }

    /** A sample server on the stack of host a, up and listening. */
    LabProcess sample(final String name, final int port, final String... more) throws Exception {
        final List<String> arguments = new ArrayList<>(List.of("sample", name, "--device", "hf0",
            "--address", SERVICE + "/24", "--port", Integer.toString(port), "--control", control().toString()));
        arguments.addAll(List.of(more));
        return holdfast(arguments.toArray(String[]::new)).awaitLine(name + " at ");
    }

    /** A server of the test classes on host a, unmodified, with the agent. */
    LabProcess withAgent(final Class<?> program, final String... arguments) throws Exception {
        return withAgent("", List.of(), program, arguments).awaitLine("listening");
    }

    /**
     * Any program of the test classes on host a, unmodified, with the agent.
     *
     * @param settings of its stack, beside device and address, a line each
     * @param options  of its JVM
     */
    LabProcess withAgent(final String settings, final List<String> options, final Class<?> program, final String... arguments)
        throws Exception {
        final List<String> command = new ArrayList<>(agentCommand(settings, options, "-cp", GUEST_CLASS_PATH, program.getName()));
        command.addAll(List.of(arguments));
        return start("a", command);
    }

    /**
     * Command line of a program with the agent, for {@link #start}.
     *
     * @param settings of its stack, beside device and address, a line each
     * @param options  of its JVM
     * @param program  from {@code -cp}, {@code -jar} or {@code -p} on
     */
    List<String> agentCommand(final String settings, final List<String> options, final String... program) throws IOException {
        final Path config = directory.resolve("agent.properties");
        Files.writeString(config, "link.device=hf0\nstack.addresses=" + SERVICE + "\nstack.prefix=24\n" + settings);
        final List<String> command = new ArrayList<>(java());
        command.addAll(options);
        command.addAll(List.of("-Xmx512m", "-javaagent:" + JAR + "=" + config));
        command.addAll(List.of(program));
        return command;
    }

    /** A program of the test classes on the client's kernel. */
    LabProcess javaClient(final Class<?> program, final String... arguments) throws IOException {
        return java("client", program, arguments);
    }

    /** A program of the test classes on any host; it may start a stack. */
    LabProcess java(final String host, final Class<?> program, final String... arguments) throws IOException {
        final List<String> command = new ArrayList<>(java());
        command.add(EXPORTS);
        command.addAll(List.of("-Xmx512m", "-cp", System.getProperty("java.class.path"), program.getName()));
        command.addAll(List.of(arguments));
        return start(host, command);
    }

    /** A command of the client's; must end well within the time. Returns what it wrote. */
    String client(final long limitSeconds, final String... command) throws Exception {
        final LabProcess process = start("client", List.of(command));
        final int status = process.await(limitSeconds);
        if (status != 0) {
            fail(String.join(" ", command) + " ended with " + status + ": " + process.output());
        }
        return process.output();
    }

    /** A line of shell on the client. */
    String shell(final long limitSeconds, final String line) throws Exception {
        return client(limitSeconds, "bash", "-c", "set -o pipefail; " + line);
    }

    /** SHA-256 of what the line of shell writes, as sha256sum prints it. */
    String sha256(final long limitSeconds, final String line) throws Exception {
        return shell(limitSeconds, "{ " + line + "; } | sha256sum").substring(0, SHA256_DIGITS);
    }

    Path control() {
        return directory.resolve("control.sock");
    }

    LabProcess start(final String host, final List<String> command) throws IOException {
        final List<String> whole = new ArrayList<>(List.of("exec", host));
        whole.addAll(command);
        return script(whole);
    }

    /** Writes the state of a running stack and its process to the log of a failed test. */
    void diagnose(final LabProcess server) throws Exception {
        final LabProcess stats = holdfast("stats", "--info");
        stats.await(20);
        System.out.println(stats.output());
        final LabProcess stacks = start("a", List.of(
            Path.of(System.getProperty("java.home"), "bin", "jstack").toString(), Long.toString(server.pid())));
        stacks.await(20);
        System.out.println(stacks.output());
        System.out.println(server.output());
    }

    @Override
    public void close() throws IOException, InterruptedException {
        for (final LabProcess process : processes) {
            process.end();
        }
        final LabProcess down = script(List.of("down"));
        if (down.await(LAB_LIMIT_S) != 0) {
            throw new IOException("lab.sh down: " + down.output());
        }
    }

    private LabProcess script(final List<String> arguments) throws IOException {
        final List<String> command = new ArrayList<>(List.of(BASE + "/tap-setup/lab.sh"));
        command.addAll(arguments);
        final ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("HOLDFAST_LAB_PREFIX", prefix);
        builder.environment().put("HOLDFAST_RUN", directory.resolve("run").toString());
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        final LabProcess process = LabProcess.start(builder, directory.resolve(processNumber++ + ".log"));
        processes.add(process);
        return process;
    }

    static List<String> java() {
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    }

    /** Skips the test where the tool is missing, and says how to get it. */
    static void assumeHas(final String tool, final String debianPackage) {
        assumeTrue(has(tool), "no " + tool + " here: apt-get install " + debianPackage);
    }

    static boolean has(final String tool) {
        for (final String directory : System.getenv("PATH").split(":")) {
            if (Files.isExecutable(Path.of(directory, tool))) {
                return true;
            }
        }
        return false;
    }
}
