package io.holdfast.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that others wrote, over a path that loses, reorders and repeats; what curl does there is {@link FaultyLinkIT}'s. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
final class InteropIT {
    private static final String URL = "http://" + Lab.SERVICE + ":8080";
    private static final int SHA256_DIGITS = 64;

    private static Lab lab;
    private static Path root;
    private static TestFile big;

    @BeforeAll
    static void start() throws Exception {
        lab = Lab.up("i");
        try {
            root = Files.createDirectories(lab.directory().resolve("root"));
            big = TestFile.create(root.resolve("big"), 2L << 20, 3);
            final Path config = lab.directory().resolve("faults.properties");
            Files.writeString(config, "link.fault.loss=1\nlink.fault.reorder=1\nlink.fault.duplicate=0.5\nlink.fault.delay_ms=2\n"
                + "link.fault.jitter_ms=2\nlink.fault.seed=11\n");
            lab.sample("web", 8080, "--root", root.toString(), "--config", config.toString());
        } catch (final Exception | AssertionError e) {
            stop();
            throw e;
        }
    }

    @AfterAll
    static void stop() throws Exception {
        if (lab != null) {
            lab.close();
        }
    }

    @Test
    void shouldServeWget() throws Exception {
        assumeTrue(Lab.has("wget"), "no wget");
        assertEquals(big.sha256(), lab.shell(60, "wget -q -O - " + URL + "/big | sha256sum").substring(0, SHA256_DIGITS));
    }

    @Test
    void shouldLetWgetResume() throws Exception {
        assumeTrue(Lab.has("wget"), "no wget");
        final String line = lab.shell(60, "d=$(mktemp -d) && trap 'rm -rf $d' EXIT && head -c 700001 " + big.path()
            + " >$d/big && wget -q -c -O $d/big " + URL + "/big && sha256sum $d/big");
        assertEquals(big.sha256(), line.substring(0, SHA256_DIGITS));
    }

    @Test
    void shouldServeFfmpeg() throws Exception {
        assumeTrue(Lab.has("ffmpeg"), "no ffmpeg");
        final Path clip = root.resolve("clip.wav");
        lab.shell(30, "ffmpeg -v error -y -f lavfi -i sine=duration=8:sample_rate=44100 " + clip);
        final String decode = "ffmpeg -v error -i %s -f md5 -";
        final String local = lab.shell(30, decode.formatted(clip));
        assertTrue(local.startsWith("MD5="), local);
        assertEquals(local, lab.shell(60, decode.formatted(URL + "/clip.wav")));
    }

    @Test
    void shouldServeARequestByHand() throws Exception {
        final String answer = lab.shell(20, "exec 3<>/dev/tcp/" + Lab.SERVICE + "/8080 && printf 'GET /big HTTP/1.1\\r\\nHost: x\\r\\n"
            + "Range: bytes=0-9\\r\\nConnection: close\\r\\n\\r\\n' >&3 && tr -d '\\0' <&3 | head -1");
        assertTrue(answer.startsWith("HTTP/1.1 206"), answer);
    }
}
