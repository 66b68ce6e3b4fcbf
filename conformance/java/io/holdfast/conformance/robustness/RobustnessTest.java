package io.holdfast.conformance.robustness;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every target with its corpus, and with mutations of it for a short time; {@code -Dholdfast.fuzz.seconds} and
 * {@code -Dholdfast.fuzz.seed} say otherwise. What is found goes into the corpus, and so stays.
 */
final class RobustnessTest {
    private static final long SECONDS = Long.getLong("holdfast.fuzz.seconds", 2);
    private static final long SEED = Long.getLong("holdfast.fuzz.seed", 1);
    private static final int BATCH = 16;

    @ParameterizedTest
    @EnumSource(Targets.class)
    void shouldSurviveTheCorpus(final Targets target) throws IOException {
        final List<byte[]> corpus = Corpus.of(target);
        assertFalse(corpus.isEmpty());
        for (final byte[] entry : corpus) {
            target.target().run(entry);
        }
    }

    @ParameterizedTest
    @EnumSource(Targets.class)
    void shouldSurviveMutations(final Targets target) throws IOException {
        final Mutator mutator = new Mutator(SEED, Corpus.of(target));
        final long endNs = System.nanoTime() + SECONDS * 1_000_000_000L;
        do {
            for (int i = 0; i < BATCH; i++) {
                attempt(target, mutator.next());
            }
        } while (System.nanoTime() < endNs);
    }

    private static void attempt(final Targets target, final byte[] input) throws IOException {
        try {
            target.target().run(input);
        } catch (final Throwable e) {
            final Path file = Path.of("target/conformance/crash-" + target.directory());
            Files.createDirectories(file.getParent());
            Files.write(file, input);
            throw new AssertionError("seed " + SEED + ": the input is in " + file, e);
        }
    }
}
