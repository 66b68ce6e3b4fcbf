package io.holdfast.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * 2 % loss, 1 % reordering, 0.5 % duplication and 20 ms of jitter, each way, by the fault decorator. The transfers are
 * those of {@link WebSampleIT}, made shorter: such a path is slow for any TCP.
 */
@Tag("network")
@Timeout(value = 180, unit = TimeUnit.SECONDS)
final class FaultyLinkIT {
    private static final String URL = "http://" + Lab.SERVICE + ":8080";

    @Test
    void shouldTransferIntact() throws Exception {
        try (Lab lab = Lab.up("f")) {
            final Path root = lab.root();
            final TestFile big = TestFile.create(root.resolve("big"), 4L << 20, 1);
            final TestFile small = TestFile.create(root.resolve("small"), 256L << 10, 2);
            Files.deleteIfExists(root.resolve("up"));
            final Path config = lab.directory().resolve("faults.properties");
            Files.writeString(config, """
                link.fault.loss=2
                link.fault.reorder=1
                link.fault.duplicate=0.5
                link.fault.jitter_ms=20
                link.fault.seed=7
                """);
            lab.sample("web", 8080, "--root", root.toString(), "--config", config.toString());

            assertEquals(big.sha256(), lab.sha256(60, "curl -sf " + URL + "/big"));
            assertEquals("201",
                lab.shell(60, "curl -sf -o /dev/null -w '%{http_code}' -T " + big.path() + " " + URL + "/up"));
            assertEquals(big.sha256(), TestFile.hash(root.resolve("up")));
            lab.shell(60, "d=$(mktemp -d) && trap 'rm -rf $d' EXIT && curl -sf --no-progress-meter -Z --parallel-immediate "
                + "--parallel-max 40 -o \"$d/#1\" '" + URL + "/small?[1-40]' && test $(ls $d | wc -l) = 40 && "
                + "test \"$(sha256sum $d/* | cut -c1-64 | sort -u)\" = " + small.sha256());
        }
    }
}
