package io.holdfast.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.lab.server.BlockingHttpServer;
import io.holdfast.lab.server.JettyHttpServer;
import io.holdfast.lab.server.NettyHttpServer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that know nothing of Holdfast, started with the agent. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
final class UnmodifiedServersIT {
    private static final String URL = "http://" + Lab.SERVICE + ":8080";

    private static Lab lab;
    private static TestFile big;
    private static TestFile small;

    @BeforeAll
    static void start() throws Exception {
        lab = Lab.up("u");
        big = TestFile.create(lab.root().resolve("big"), 1L << 30, 1);
        small = TestFile.create(lab.root().resolve("small"), 1L << 20, 2);
    }

    @AfterAll
    static void stop() throws Exception {
        if (lab != null) {
            lab.close();
            big.delete();
            small.delete();
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {NettyHttpServer.class, JettyHttpServer.class, BlockingHttpServer.class})
    void shouldServeAsOnTheKernel(final Class<?> program) throws Exception {
        final LabProcess server = lab.withAgent(program, Lab.SERVICE, "8080", lab.root().toString());
        try {
            assertEquals("Hello, world!", lab.shell(20, "curl -sf " + URL + "/"));
            assertEquals(big.sha256(), lab.sha256(60, "curl -sf " + URL + "/file/big"));
            lab.shell(60, "d=$(mktemp -d) && trap 'rm -rf $d' EXIT && curl -sf --max-time 40 --no-progress-meter -Z --parallel-immediate "
                + "--parallel-max 100 -o \"$d/#1\" '" + URL + "/file/small#[1-100]' && test $(ls $d | wc -l) = 100 && "
                + "test \"$(sha256sum $d/* | cut -c1-64 | sort -u)\" = " + small.sha256());
            assertEquals(big.size() + "\n", lab.shell(60, "curl -sf -T " + big.path() + " " + URL + "/up"));
            final String load = lab.client(30, "wrk", "-t1", "-c256", "-d5s", "--timeout", "5s", URL + "/");
            assertFalse(load.contains("Socket errors"), load);
            assertFalse(load.contains("Non-2xx"), load);
            assertTrue(load.contains("Requests/sec"), load);
            assertTrue(server.isAlive(), server.output());
        } catch (final AssertionError e) {
            lab.diagnose(server);
            throw e;
        } finally {
            server.end();
        }
    }
}
