package io.holdfast.kill;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.os.ThreadStack;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

/**
 * An error strikes a server's stack wherever one can come, in its cycles and in its program's calls: no stack left, no memory
 * left, one that another thread sends, or a class that cannot be initialized: all are errors out of the same places. Then the
 * shard is stopped, or nothing has changed; and no client gets a byte that is not its own.
 *
 * <p>{@code -Dholdfast.kill.stride=1} tries every place (some ten minutes), other strides some more or fewer;
 * {@code -Dholdfast.kill.at=N} one.
 */
final class KilledCyclesTest {
    /** A prime: no loop of the stack's is as long. */
    private static final long STRIDE = Long.getLong("holdfast.kill.stride", 53);
    private static final Long ONLY = Long.getLong("holdfast.kill.at");
    private static final long PLACES_AT_LEAST = 100_000;

    @SuppressWarnings("unchecked")
    private static LongFunction<String> anew(final String type) throws ReflectiveOperationException {
        return (LongFunction<String>) new KillLoader().loadClass(type).getDeclaredConstructor().newInstance();
    }

    @Test
    void shouldTakeLittleOfTheStack() throws ReflectiveOperationException {
        final LongFunction<String> server = anew("io.holdfast.socket.KilledServer");
        final long[] begin = new long[1];
        final long[] deepest = new long[1];
        KillPoint.probe(() -> deepest[0] = Math.max(deepest[0], begin[0] - ThreadStack.pointer()),
            () -> begin[0] = ThreadStack.pointer());
        try {
            server.apply(Long.MAX_VALUE);
        } finally {
            KillPoint.probe(null, null);
        }
        System.out.println("the deepest place is " + deepest[0] + " bytes below the program");
        assertTrue(deepest[0] > 1_000 && deepest[0] < 16 * 1024, "the deepest place is " + deepest[0] + " bytes below");
    }

    @Test
    void shouldBeStoppedOrUntouchedWhereverAnErrorStrikes() throws ReflectiveOperationException {
        final LongFunction<String> server = anew("io.holdfast.socket.KilledServer");
        final String calm = server.apply(Long.MAX_VALUE);
        final long places = Long.parseLong(calm.substring("over ".length()));
        assertTrue(places > PLACES_AT_LEAST, calm);
        final Map<String, Integer> outcomes = new TreeMap<>();
        for (long n = ONLY == null ? 1 : ONLY; n <= (ONLY == null ? places : ONLY); n += STRIDE) {
            try {
                outcomes.merge(server.apply(n), 1, Integer::sum);
            } catch (final AssertionError e) {
                throw new AssertionError("again: -Dholdfast.kill.at=" + n + ": " + e.getMessage(), e);
            }
        }
        System.out.println(places + " places, every " + STRIDE + "th of them: " + outcomes);
        assertTrue(ONLY != null || outcomes.size() >= 6, outcomes::toString);
    }
}
