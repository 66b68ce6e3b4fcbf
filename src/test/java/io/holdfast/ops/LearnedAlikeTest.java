package io.holdfast.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.socket.ListenerSocket;
import io.holdfast.socket.StreamSocket;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every public method of sockets, channels and native sockets by which a program can learn of its input: the program of
 * {@link WayOfLearning} runs on both hosts, and learns the same on both, where the backup's is late, and where the primary's is
 * late and the backup's asks before anything is there. {@link #METHODS} says of each public method what it is; one that is
 * missing there fails the test.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LearnedAlikeTest {
    /** The method tells nothing of the peer. */
    private static final String LOCAL = "local";
    /** The method tells of this host's stack or time, and does not follow the primary's (decision 13, LIMITS). */
    private static final String OWN = "the host's own";

    /** By class: each public method's name, and the way in which it is learned by, or {@link #LOCAL} or {@link #OWN}. */
    private static final Map<Class<?>, Map<String, String>> METHODS = Map.of(
        Socket.class, table(
            "connect bind getLocalAddress getLocalPort getLocalSocketAddress setTcpNoDelay getTcpNoDelay setSoLinger getSoLinger "
                + "setOOBInline getOOBInline setSoTimeout getSoTimeout setSendBufferSize setReceiveBufferSize setKeepAlive getKeepAlive "
                + "setTrafficClass getTrafficClass setReuseAddress getReuseAddress setPerformancePreferences setOption supportedOptions "
                + "close shutdownInput shutdownOutput isBound isClosed isInputShutdown isOutputShutdown setSocketImplFactory getChannel "
                + "toString", LOCAL,
            "getSendBufferSize getReceiveBufferSize getOption", OWN,
            "getInetAddress getPort getRemoteSocketAddress isConnected", "SOCKET_RESET_BEFORE_READING",
            "getInputStream", "SOCKET_READS",
            "getOutputStream", "SOCKET_RESET_WHILE_WRITING",
            "sendUrgentData", "SOCKET_URGENT_DATA"),
        ServerSocket.class, table(
            "bind close getInetAddress getLocalPort getLocalSocketAddress isBound isClosed getChannel setReuseAddress getReuseAddress "
                + "setReceiveBufferSize setPerformancePreferences setOption supportedOptions setSocketFactory toString", LOCAL,
            "setSoTimeout getSoTimeout getReceiveBufferSize getOption", OWN,
            "accept", "SOCKET_READS"),
        SocketChannel.class, table(
            "open bind connect finishConnect isConnectionPending setOption supportedOptions getLocalAddress provider validOps "
                + "isRegistered keyFor register configureBlocking isBlocking blockingLock close isOpen shutdownInput shutdownOutput", LOCAL,
            "getOption", OWN,
            "read", "CHANNEL_READS",
            "write", "CHANNEL_RESET_WHILE_WRITING",
            "socket", "CHANNEL_ADAPTOR",
            "getRemoteAddress isConnected", "CHANNEL_RESET_BEFORE_READING"),
        ServerSocketChannel.class, table(
            "open bind socket setOption supportedOptions getLocalAddress provider validOps isRegistered keyFor register "
                + "configureBlocking isBlocking blockingLock close isOpen", LOCAL,
            "getOption", OWN,
            "accept", "CHANNEL_READS"),
        Selector.class, table("open isOpen provider keys wakeup close", LOCAL,
            "select", "CHANNEL_SELECTED",
            "selectNow", "CHANNEL_SELECTED_NOW",
            "selectedKeys", "CHANNEL_SELECTED"),
        SelectionKey.class, table("channel selector isValid cancel interestOps interestOpsOr interestOpsAnd attach attachment", LOCAL,
            "readyOps isReadable", "CHANNEL_SELECTED",
            "isWritable", OWN,
            "isConnectable isAcceptable", LOCAL),
        StreamSocket.class, table(
            "bind connect finishConnect shutdownInput shutdownOutput close abort serve supportedOptions option options localAddress "
                + "isOpen checkpoint readOffset writeOffset onStackStopped", LOCAL,
            "unacknowledged info", OWN,
            "read", "NATIVE_READS",
            "peek", "NATIVE_PEEKS",
            "available isAvailableKnown", "NATIVE_AVAILABLE",
            "readiness await readinessListener", "NATIVE_READS",
            "givesUp", "NATIVE_GIVES_UP",
            "write error remoteAddress", "NATIVE_RESET_WHILE_WRITING",
            "handler", "NATIVE_HANDLER"),
        ListenerSocket.class, table("bind listen kernelSide supportedOptions option options localAddress isOpen close onStackStopped",
            LOCAL,
            "accept readiness await readinessListener handler", "NATIVE_READS",
            "resumeHandler", OWN));

    private static NodePair pair;
    private static NodePair.Host a;
    private static NodePair.Host b;

    private static Map<String, String> table(final String... rows) {
        final Map<String, String> table = new TreeMap<>();
        for (int i = 0; i < rows.length; i += 2) {
            for (final String name : rows[i].split(" ")) {
                assertEquals(null, table.put(name, rows[i + 1]), name);
            }
        }
        return table;
    }

    @Test
    void shouldKnowEveryPublicMethod() {
        final Set<String> ways = new HashSet<>(Set.of(LOCAL, OWN));
        for (final WayOfLearning way : WayOfLearning.values()) {
            ways.add(way.name());
        }
        METHODS.forEach((type, table) -> {
            final Set<String> names = new TreeSet<>();
            for (final Method method : type.getMethods()) {
                final boolean any = method.getDeclaringClass() == Object.class || method.isSynthetic();
                if (!any && (!Modifier.isStatic(method.getModifiers()) || table.containsKey(method.getName()))) {
                    names.add(method.getName());
                }
            }
            final Set<String> missing = new TreeSet<>(names);
            missing.removeAll(table.keySet());
            final Set<String> gone = new TreeSet<>(table.keySet());
            gone.removeAll(names);
            gone.removeAll(Set.of("toString", "supportedOptions"));
            assertEquals(Set.of(), missing, type + " has methods that nobody has looked at");
            assertEquals(Set.of(), gone, type + " does not have what is listed");
            assertTrue(ways.containsAll(table.values()), type + " " + table);
        });
    }

    @BeforeAll
    static void start(@TempDir final Path directory) throws Exception {
        pair = new NodePair(directory);
        a = pair.start("a").serve();
        b = pair.start("b").serve().awaitReady();
        a.awaitReady();
    }

    @AfterAll
    static void stop() throws Exception {
        pair.close();
    }

    @ParameterizedTest
    @EnumSource(WayOfLearning.class)
    void shouldLearnTheSameOnBothHosts(final WayOfLearning way) throws Exception {
        way.listen(a.node.stack());
        way.listen(b.node.stack());
        for (final Lateness lateness : way.writesUntilReset() ? EnumSet.of(Lateness.BACKUP) : EnumSet.allOf(Lateness.class)) {
            final WayOfLearning.Notes there = new WayOfLearning.Notes(lateness.primaryMs);
            final WayOfLearning.Notes here = new WayOfLearning.Notes(lateness.backupMs);
            way.expect(a.node.stack(), there);
            way.expect(b.node.stack(), here);
            speak(way);
            final List<String> learned = there.await();
            assertTrue(learned.size() > 1, "learned " + learned);
            assertEquals(learned, here.await(), () -> lateness + ": the backup's program learned something else");
        }
        assertTrue(b.ask("ready").startsWith("yes"), b.ask("status"));
    }

    /** The client: four pieces, and then the end, or a reset when the program has answered. */
    private static void speak(final WayOfLearning way) throws Exception {
        final Socket socket = pair.connect(way.port());
        final OutputStream out = socket.getOutputStream();
        for (int piece = 0; piece < 4; piece++) {
            out.write("abcdefghijklmnopqrstuvwxyz".substring(piece, 8 + 3 * piece).getBytes());
            Thread.sleep(WayOfLearning.PIECES_MS);
        }
        if (way.resets()) {
            way.awaitGreeting(socket);
            socket.setSoLinger(true, 0);
            socket.close();
        } else {
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
            socket.close();
        }
    }

    /** How long each program waits before each thing that it does. */
    private enum Lateness {
        BACKUP(0, 12), PRIMARY(12, 0), NOBODY(0, 0);

        private final long primaryMs;
        private final long backupMs;

        Lateness(final long primaryMs, final long backupMs) {
            this.primaryMs = primaryMs;
            this.backupMs = backupMs;
        }
    }
}
