package io.holdfast.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.lab.guest.Bypass;
import io.holdfast.lab.guest.HelloServer;
import io.holdfast.lab.guest.Interfaces;
import io.holdfast.lab.guest.JmxClient;
import io.holdfast.lab.guest.SlowServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The host and its network as programs see them with the agent. The tests cover:
 * <ul>
 * <li>wildcard listeners of NIO and {@code java.net} at loopback, at the host's own address and at the stack's, and JMX, which
 * listens at the wildcard and tells its clients to come by loopback;
 * <li>the service address among the interfaces, in every way to ask;
 * <li>the end: requests under way, a hook that waits for them, one that does not, none;
 * <li>what goes past the stack: NIO.2, native transports; told, or fatal;
 * <li>JVMs that get the agent and are not the program: the JDK's tools, other main classes.
 * </ul>
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class GuestNetworkIT extends GuestLab {
    private static final String HOST = "10.77.0.11";

    @BeforeAll
    static void start() throws Exception {
        lab = Lab.up("n");
    }

    private static LabProcess onHost(final String line) throws Exception {
        return lab.start("a", List.of("bash", "-c", line));
    }

    private static int fromHost(final String url) throws Exception {
        return onHost("curl -sf -m 5 " + url).await(20);
    }

    // --- wildcard listeners ---

    @Test
    void shouldListenAtTheWildcardInBothWorlds() throws Exception {
        guest = lab.withAgent("", List.of(), HelloServer.class, "wildcard", "8080");
        guest.awaitLine("listening");
        for (int i = 0; i < 3; i++) {
            assertEquals(0, fromHost("http://127.0.0.1:8080/"));
            assertEquals(0, onHost("nc -w 5 127.0.0.1 8081 </dev/null | grep hello").await(20));
            for (final String address : List.of(HOST, Lab.SERVICE)) {
                assertEquals("hello\n", lab.shell(20, "curl -sf -m 5 http://" + address + ":8080/"));
                assertEquals("hello\n", lab.shell(20, "nc -w 5 " + address + " 8081 </dev/null"));
            }
        }
    }

    @Test
    void shouldListenAtTheWildcardWhereItIsTold() throws Exception {
        guest = lab.withAgent("listen.wildcard = stack\nlisten.wildcard.8081 = kernel\n", List.of(), HelloServer.class, "wildcard", "8080")
            .awaitLine("listening");
        assertNotEquals(0, fromHost("http://127.0.0.1:8080/"));
        assertEquals("hello\n", lab.shell(20, "curl -sf -m 5 http://" + Lab.SERVICE + ":8080/"));
        assertEquals(0, onHost("nc -w 5 127.0.0.1 8081 </dev/null | grep hello").await(20));
        assertEquals("refused\n", lab.shell(20, "nc -w 5 " + Lab.SERVICE + " 8081 </dev/null || echo refused"));
    }

    @Test
    void shouldBeReachedByJmx() throws Exception {
        guest = lab.withAgent("", List.of("-Dcom.sun.management.jmxremote.port=9999", "-Dcom.sun.management.jmxremote.ssl=false",
            "-Dcom.sun.management.jmxremote.authenticate=false", "-Djava.rmi.server.hostname=127.0.0.1"), HelloServer.class, Lab.SERVICE, "8080")
            .awaitLine("listening");
        final LabProcess client = lab.java("a", JmxClient.class, "127.0.0.1:9999");
        assertEquals(0, client.await(30), client.output());
        assertTrue(client.output().contains("beans"), client.output());
    }

    // --- interfaces ---

    @Test
    void shouldFindTheServiceAddressAmongTheInterfaces() throws Exception {
        guest = lab.withAgent("", List.of(), Interfaces.class, Lab.SERVICE);
        assertEquals(0, guest.await(30), guest.output());
        final String it = "hf0[" + Lab.SERVICE + "][/" + Lab.SERVICE + "/24 [null]]";
        final String told = guest.output();
        assertTrue(told.contains("by address: " + it + "\nby name: " + it + "\nby number: " + it + "\nenumerated: [" + it
            + "]\nstreamed: [" + it + "]\nup: true\nreachable: true\nloopback: lo[127.0.0.1][/127.0.0.1/8 [null]]\nnobody: null null\n"), told);
    }

    // --- the end ---

    @Test
    void shouldFinishRequestsThatAHookWaitsFor() throws Exception {
        guest = lab.withAgent("", List.of(), SlowServer.class, Lab.SERVICE, "8080", "stop");
        guest.awaitLine("listening");
        final LabProcess client = lab.start("client", List.of("curl", "-sS", "-m", "20", "http://" + Lab.SERVICE + ":8080/slow/2"));
        guest.awaitLine("waiting");
        guest.terminate();
        assertEquals(0, client.await(20), client.output());
        assertEquals("done\n", client.output());
        guest.await(12);
    }

    /** A kernel has what was written delivered although the process is gone; then the connection ends. */
    @ParameterizedTest
    @ValueSource(strings = {"close", "none"})
    void shouldDeliverWhatWasWritten(final String hook) throws Exception {
        guest = lab.withAgent("tcp.send_buffer = 1m\n", List.of(), SlowServer.class, Lab.SERVICE, "8080", hook);
        guest.awaitLine("listening");
        final Path got = lab.directory().resolve("got");
        final LabProcess client = lab.start("client", List.of("bash", "-c", "exec 3<>/dev/tcp/" + Lab.SERVICE
            + "/8080; printf 'GET /down/300000 HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' >&3; sleep 2; cat <&3 >" + got + "; echo ended $?"));
        onHost("sleep 1").await(5);
        guest.terminate();
        client.awaitLine("ended 0");
        assertTrue(Files.size(got) > 300_000, "only " + Files.size(got) + " bytes came");
        guest.await(12);
    }

    // --- past the stack ---

    @ParameterizedTest
    @ValueSource(strings = {"nio2", "netty_transport_native_epoll_x86_64", "io_grpc_netty_shaded_netty_transport_native_epoll_x86_64"})
    void shouldTellWhatGoesPastTheStack(final String what) throws Exception {
        final String argument = what.equals("nio2") ? what : library(what).toString();
        guest = lab.withAgent("", List.of(), Bypass.class, argument);
        assertEquals(0, guest.await(30), guest.output());
        assertTrue(guest.output().contains("holdfast: WARNING: the program "), guest.output());
        guest = lab.withAgent("agent.require = protected\n", List.of(), Bypass.class, argument);
        assertEquals(1, guest.await(30), guest.output());
        assertTrue(guest.output().contains("agent.require = protected: the program is ended"), guest.output());
        assertFalse(guest.output().contains("listening at"), guest.output());
        assertFalse(guest.output().contains("not loaded"), guest.output());
    }

    /** Tomcat looks for its library and serves by NIO without it. Where the library is there, it may do TLS alone. */
    @ParameterizedTest
    @ValueSource(strings = {"netty_transport_native_epoll_x86_64", "tcnative-2"})
    void shouldNotEndAProgramForALibraryThatIsNotThere(final String name) throws Exception {
        guest = lab.withAgent("agent.require = protected\n", List.of(), Bypass.class, "/nowhere/lib" + name + ".so");
        assertEquals(0, guest.await(30), guest.output());
        assertTrue(guest.output().contains("not loaded"), guest.output());
        assertFalse(guest.output().contains("WARNING"), guest.output());
    }

    /** One of the JDK's libraries, which does nothing when it is loaded, under another name. */
    private Path library(final String name) throws IOException {
        return Files.copy(Path.of(System.getProperty("java.home"), "lib", "libprefs.so"),
            lab.directory().resolve("lib" + name + ".so"));
    }

    // --- programs that the agent is for ---

    @Test
    void shouldStayOutOfToolsThatInheritIt() throws Exception {
        final Path config = Files.writeString(lab.directory().resolve("tools.properties"), "stack.addresses = " + Lab.SERVICE + "\n");
        final String inherited = "JAVA_TOOL_OPTIONS=-javaagent:" + Lab.JAR + "=" + config;
        for (final String tool : List.of("jcmd -l", "keytool -help", "javac -version", "jar --version")) {
            final LabProcess run = onHost("env '" + inherited + "' " + System.getProperty("java.home") + "/bin/" + tool);
            assertEquals(0, run.await(30), run.output());
            assertFalse(run.output().contains("holdfast: "), run.output());
        }
        final LabProcess other = onHost("env '" + inherited + ",only=app.Main' " + System.getProperty("java.home") + "/bin/java -cp "
            + Lab.GUEST_CLASS_PATH + " " + Bypass.class.getName() + " nio2");
        assertEquals(0, other.await(30), other.output());
        assertFalse(other.output().contains("holdfast: "), other.output());
    }

    @Test
    void shouldSayWhatToDoWithoutAFile() throws Exception {
        final LabProcess run = onHost(System.getProperty("java.home") + "/bin/java -javaagent:" + Lab.JAR + " -cp " + Lab.GUEST_CLASS_PATH
            + " " + Bypass.class.getName() + " nio2");
        assertEquals(1, run.await(30));
        assertEquals(1, run.output().lines().count(), run.output());
        assertTrue(run.output().contains("-javaagent:holdfast.jar=FILE"), run.output());
    }
}
