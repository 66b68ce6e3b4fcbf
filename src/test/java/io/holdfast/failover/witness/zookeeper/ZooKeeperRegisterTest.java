package io.holdfast.failover.witness.zookeeper;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.failover.witness.Register;
import io.holdfast.failover.witness.Registers;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real ZooKeeper on the loopback device. */
@Timeout(60)
final class ZooKeeperRegisterTest {
    private static final int TICK_MS = 500;
    private static final byte[] ONE = {1};
    private static final byte[] TWO = {2};

    @TempDir
    private Path directory;
    private int port;
    private NIOServerCnxnFactory server;
    private Register register;

    @BeforeEach
    void start() throws Exception {
        System.setProperty("zookeeper.admin.enableServer", "false");
        serve();
        register = open();
    }

    @AfterEach
    void stop() {
        register.close();
        server.shutdown();
    }

    private void serve() throws Exception {
        server = new NIOServerCnxnFactory();
        server.configure(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10);
        port = server.getLocalPort();
        server.startup(new ZooKeeperServer(directory.toFile(), directory.toFile(), TICK_MS));
    }

    private Register open() throws Exception {
        final Register opened = Registers.open("zookeeper:127.0.0.1:" + port, "", "shop", Duration.ofSeconds(2));
        reach(opened);
        return opened;
    }

    private static Register.Entry read(final Register from) throws Exception {
        return from.read().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static Long write(final Register to, final long version, final byte[] bytes) throws Exception {
        return to.write(version, bytes).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    /** As its user does: asks until there is an answer. */
    private static Register.Entry reach(final Register from) throws Exception {
        while (true) {
            try {
                return read(from);
            } catch (final ExecutionException e) {
                Thread.sleep(20);
            }
        }
    }

    @Test
    void shouldWriteOnlyOnTheVersionThatIsThere() throws Exception {
        assertEquals(Register.ABSENT, read(register).version());
        assertEquals(0L, write(register, Register.ABSENT, ONE));
        assertNull(write(register, Register.ABSENT, TWO));
        assertEquals(1L, write(register, 0, TWO));
        assertNull(write(register, 0, ONE));
        final Register.Entry entry = read(register);
        assertEquals(1, entry.version());
        assertArrayEquals(TWO, entry.bytes());
    }

    @Test
    void shouldLetOneOfTwoHostsWrite() throws Exception {
        try (Register other = open()) {
            write(register, Register.ABSENT, ONE);
            for (long version = 0; version < 50; version++) {
                final CompletableFuture<Long> mine = register.write(version, ONE).toCompletableFuture();
                final CompletableFuture<Long> theirs = other.write(version, TWO).toCompletableFuture();
                final Long a = mine.get(10, TimeUnit.SECONDS);
                final Long b = theirs.get(10, TimeUnit.SECONDS);
                assertTrue((a == null) != (b == null), a + " and " + b);
                assertEquals(version + 1, a == null ? b : a);
                assertArrayEquals(a == null ? TWO : ONE, read(register).bytes());
                assertEquals(version + 1, read(other).version(), "a read is no older than what was written");
            }
        }
    }

    @Test
    void shouldSayAtOnceThatNobodyCouldBeAsked() throws Exception {
        write(register, Register.ABSENT, ONE);
        server.shutdown();
        while (register.state().startsWith("connected")) {
            Thread.sleep(10);
        }
        final ExecutionException error = assertThrows(ExecutionException.class, () -> write(register, 0, TWO));
        assertInstanceOf(Register.Unreachable.class, error.getCause());
        serve();
        assertEquals(0, reach(register).version());
        assertEquals(1L, write(register, 0, TWO));
    }

    /** Nobody's session is what keeps it. */
    @Test
    void shouldKeepWhatIsWrittenWhenTheWritersSessionEnds() throws Exception {
        final Register gone = open();
        write(gone, Register.ABSENT, ONE);
        gone.close();
        Thread.sleep(5 * TICK_MS);
        assertEquals(0, read(register).version());
    }

    @Test
    void shouldRefuseANameThatIsNoZnodes() {
        assertThrows(IllegalArgumentException.class, () -> Registers.open("zookeeper:127.0.0.1:" + port, "", "a\u0000b", Duration.ofSeconds(2)));
    }
}
