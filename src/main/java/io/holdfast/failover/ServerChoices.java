package io.holdfast.failover;

import io.holdfast.replay.ChoiceKind;
import io.holdfast.replay.ChoiceScript;
import io.holdfast.replay.Choices;
import io.holdfast.stack.Endpoint;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * What clocks and generators tell a server: on the primary what is so, and it is recorded; on the backup what the primary's
 * server was told, for each connection and kind in that order. By the threads that serve connections.
 *
 * <p>How often a program asks may depend on how a host's threads run: what counts its writes reads the clock at each, what looks
 * for leaks draws at some allocations. So an answer that is not there is waited for, for a second at most, since a primary that
 * is late for so long is taken for dead long before. Once the primary's server is known to be further, a reading is not waited
 * for at all, and a draw for a moment, since another of its threads may be about to make it. A place of the program that was
 * found to ask more often here than there is no longer waited for.
 */
final class ServerChoices implements Choices.Source {
    /** Longest answer that is recorded as one. */
    private static final int MAX_BYTES = 4_096;
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long MOMENT_NS = TimeUnit.MILLISECONDS.toNanos(200);
    /** So often, and it is not waited for again. */
    private static final int MOST_MISSES = 2;
    private static final long SLICE_NS = TimeUnit.MILLISECONDS.toNanos(2);

    private final AtomicLong mismatches = new AtomicLong();
    /** How often an answer of a kind was waited for that did not come. */
    private final Map<Integer, Integer> misses = new ConcurrentHashMap<>();

    @Override
    public long choose(final Object connection, final int kind, final LongSupplier local) {
        final Endpoint endpoint = (Endpoint) connection;
        final ChoiceScript script = endpoint.choices();
        if (script != null) {
            final ChoiceScript.Choice choice = follow(endpoint::isPassed, script, kind);
            if (choice != null) {
                return choice.value();
            }
        }
        final long value = local.getAsLong();
        final Endpoint.EventRecorder recorder = endpoint.recorder();
        if (recorder != null) {
            recorder.onChoice(kind, value, null);
        }
        return value;
    }

    /** null: what is so here. */
    ChoiceScript.Choice follow(final BooleanSupplier passed, final ChoiceScript script, final int kind) {
        final boolean reading = ChoiceKind.isReading(kind);
        final long momentNs = reading ? 0 : MOMENT_NS;
        ChoiceScript.Choice choice = script.take(kind, 0);
        if (choice != null || script.isLive() || misses.getOrDefault(kind, 0) >= MOST_MISSES) {
            return choice == null ? script.take(kind, 0) : choice;
        }
        // Once the other application is known to be further than this one, what it asked on the way is here, or never will be.
        long passedNs = 0;
        for (long waitedNs = 0; choice == null && waitedNs < PATIENCE_NS && !script.isLive(); waitedNs += SLICE_NS) {
            final boolean further = passed.getAsBoolean();
            if (further && passedNs >= momentNs) {
                break;
            }
            choice = script.take(kind, SLICE_NS);
            passedNs += further ? SLICE_NS : 0;
        }
        choice = choice == null ? script.take(kind, 0) : choice;
        if (choice == null && !script.isLive() && (reading || ChoiceKind.hasPlace(kind))) {
            misses.merge(kind, reading ? MOST_MISSES : 1, Integer::sum);
        }
        return choice;
    }

    @Override
    public void choose(final Object connection, final int kind, final byte[] bytes, final Consumer<byte[]> local) {
        final Endpoint endpoint = (Endpoint) connection;
        final ChoiceScript script = endpoint.choices();
        final ChoiceScript.Choice choice = script == null ? null : follow(endpoint::isPassed, script, kind);
        if (choice != null) {
            if (choice.bytes().length == bytes.length) {
                System.arraycopy(choice.bytes(), 0, bytes, 0, bytes.length);
                return;
            }
            // The servers of both hosts did not ask the same: what they write from here on will be compared.
            mismatches.incrementAndGet();
        }
        local.accept(bytes);
        final Endpoint.EventRecorder recorder = endpoint.recorder();
        if (recorder != null && bytes.length <= MAX_BYTES) {
            recorder.onChoice(kind, 0, bytes);
        }
    }

    @Override
    public byte[] result(final Object connection, final int kind, final byte[] own) {
        final Endpoint endpoint = (Endpoint) connection;
        final ChoiceScript script = endpoint.choices();
        final ChoiceScript.Choice choice = script == null ? null : follow(endpoint::isPassed, script, kind);
        if (choice != null) {
            return choice.bytes();
        }
        final Endpoint.EventRecorder recorder = endpoint.recorder();
        if (recorder != null && own.length <= MAX_BYTES) {
            recorder.onChoice(kind, 0, own);
        }
        return own;
    }

    @Override
    public boolean skips(final Object connection, final long ns) {
        return ((Endpoint) connection).skips(ns);
    }

    @Override
    public long aheadNs(final Object connection) {
        return ((Endpoint) connection).aheadNs();
    }

    /** Answers that were asked for in another order than on the primary. */
    long mismatches() {
        return mismatches.get();
    }
}
