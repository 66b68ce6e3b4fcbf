package io.holdfast.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The web sample and the kernel's own clients. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class WebSampleIT {
    private static final String URL = "http://" + Lab.SERVICE + ":8080";

    private static Lab lab;
    private static LabProcess server;
    private static Path root;
    private static TestFile big;
    private static TestFile small;

    @BeforeAll
    static void start() throws Exception {
        lab = Lab.up("w");
        root = lab.root();
        big = TestFile.create(root.resolve("big"), 1L << 30, 1);
        small = TestFile.create(root.resolve("small"), 1L << 20, 2);
        server = lab.sample("web", 8080, "--root", root.toString());
    }

    @AfterAll
    static void stop() throws Exception {
        if (lab != null) {
            lab.close();
            for (final String name : new String[] {"big", "small", "up", "1k"}) {
                Files.deleteIfExists(root.resolve(name));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 56, 1472, 1473, 8_000, 30_000, 60_000})
    void shouldAnswerPings(final int bytes) throws Exception {
        final String output = lab.client(20, "ping", "-n", "-i", "0.1", "-c", "5", "-W", "2", "-s", "" + bytes, Lab.SERVICE);
        assertTrue(output.contains(" 0% packet loss"), output);
    }

    @Test
    void shouldServeALargeFile() throws Exception {
        assertEquals(big.sha256(), lab.sha256(60, "curl -sf " + URL + "/big"));
    }

    @Test
    void shouldServeManyFilesAtATime() throws Exception {
        lab.shell(60, "d=$(mktemp -d) && trap 'rm -rf $d' EXIT && curl -sf --no-progress-meter -Z --parallel-immediate "
            + "--parallel-max 100 -o \"$d/#1\" '" + URL + "/small?[1-100]' && test $(ls $d | wc -l) = 100 && "
            + "test \"$(sha256sum $d/* | cut -c1-64 | sort -u)\" = " + small.sha256());
    }

    @Test
    void shouldServeRanges() throws Exception {
        for (final String range : new String[] {"0-0", "0-1048575", "524288000-534773759", "1073741823-"}) {
            final String output = lab.shell(20, "curl -sf -r " + range + " " + URL + "/big | sha256sum");
            final String[] ends = range.split("-");
            final long first = Long.parseLong(ends[0]);
            final long last = ends.length > 1 ? Long.parseLong(ends[1]) : big.size() - 1;
            final String expected = lab.shell(20, "tail -c +" + (first + 1) + " " + big.path() + " | head -c "
                + (last - first + 1) + " | sha256sum || true");
            assertEquals(expected, output, range);
        }
        assertEquals("416", lab.shell(20, "curl -s -o /dev/null -w '%{http_code}' -r 1073741824- " + URL + "/big"));
        final String head = lab.shell(20, "curl -sfI " + URL + "/big");
        assertTrue(head.toLowerCase().contains("content-length: 1073741824"), head);
    }

    @Test
    void shouldTakeALargeUpload() throws Exception {
        assertEquals("201", lab.shell(60, "curl -sf -o /dev/null -w '%{http_code}' -T " + big.path() + " " + URL + "/up"));
        assertEquals(big.sha256(), TestFile.hash(root.resolve("up")));
        Files.delete(root.resolve("up"));
    }

    @Test
    void shouldServeManyConnectionsUnderLoad() throws Exception {
        TestFile.create(root.resolve("1k"), 1024, 3);
        final String output = lab.client(30, "wrk", "-t1", "-c256", "-d5s", "--timeout", "5s", URL + "/1k");
        assertFalse(output.contains("Socket errors"), output);
        assertFalse(output.contains("Non-2xx"), output);
        assertTrue(output.contains("Requests/sec"), output);
    }

    @Test
    void shouldTellItsState() throws Exception {
        lab.shell(20, "curl -sf -o /dev/null " + URL + "/small");
        final LabProcess stats = lab.holdfast("stats", "--control", lab.control().toString(), "--info");
        assertEquals(0, stats.await(20), stats.output());
        final String output = stats.output();
        assertTrue(output.contains("LISTEN"), output);
        assertTrue(output.contains(Lab.SERVICE + ":8080"), output);
        assertTrue(output.contains("tcp:"), output);
    }

    @Test
    void shouldCaptureFrames() throws Exception {
        final Path file = lab.directory().resolve("frames.pcapng");
        Files.deleteIfExists(file);
        final LabProcess capture =
            lab.holdfast("capture", "--control", lab.control().toString(), "--seconds", "3", file.toString());
        while (capture.isAlive() && !Files.exists(file)) {
            Thread.onSpinWait();
            TimeUnit.MILLISECONDS.sleep(20);
        }
        lab.client(20, "ping", "-n", "-c", "3", "-i", "0.2", Lab.SERVICE);
        assertEquals(0, capture.await(20), capture.output());
        final String packets = lab.shell(20, "tcpdump -nr " + file + " 2>/dev/null");
        assertTrue(packets.contains("ICMP echo request") && packets.contains("ICMP echo reply"), packets);
    }
}
