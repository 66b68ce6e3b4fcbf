package io.holdfast.failover;

import io.holdfast.replay.ChoiceKind;
import io.holdfast.replay.ChoiceScript;
import io.holdfast.replay.Choices;
import io.holdfast.stack.Endpoint;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * What clocks and generators tell a server: on the primary what is so, and it is recorded; on the backup what the primary's
 * server was told, for each connection and kind in that order. By the threads that serve connections.
 *
 * <p>How often a program asks may depend on how a host's threads run: what counts its writes reads the clock at each, what looks
 * for leaks draws at some allocations, a thread takes on another connection while it still serves the last one. So an answer that
 * is not there is waited for, but not for long: a reading for {@value #READING_MS} ms, a draw for {@value #PATIENCE_MS} ms, both
 * less than it takes a server to count as stuck. Once the primary's server is known to be further, a reading is not waited for
 * at all, and a draw for {@value #MOMENT_MS} ms, since another of its threads may be about to make it. A place of the program
 * whose answers more often fail to come than come is no longer waited for.
 */
final class ServerChoices implements Choices.Source {
    /** Longest answer that is recorded as one. */
    private static final int MAX_BYTES = 4_096;
    private static final int PATIENCE_MS = 500;
    private static final int READING_MS = 100;
    private static final int MOMENT_MS = 200;
    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);
    /** A draw at a place that never had an answer is waited for so often. */
    private static final int MOST_MISSES = 2;
    private static final long SLICE_NS = TimeUnit.MILLISECONDS.toNanos(2);

    private final Map<Integer, Place> places = new ConcurrentHashMap<>();

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

    /** Returns null for what is so here. */
    ChoiceScript.Choice follow(final BooleanSupplier passed, final ChoiceScript script, final int kind) {
        final boolean reading = ChoiceKind.isReading(kind);
        final Place place = reading || ChoiceKind.hasPlace(kind) ? places.computeIfAbsent(kind, any -> new Place()) : null;
        ChoiceScript.Choice choice = script.take(kind, 0);
        if (choice == null && !script.isLive() && (place == null || place.isWorthWaiting(reading ? 1 : MOST_MISSES))) {
            choice = await(passed, script, kind, reading ? READING_MS * MS : PATIENCE_MS * MS, reading ? 0 : MOMENT_MS * MS);
        }
        choice = choice == null ? script.take(kind, 0) : choice;
        if (place != null && (choice != null || !script.isLive())) {
            place.count(choice != null);
        }
        return choice;
    }

    /** @param momentNs how long to wait once the primary's server is known to be further than the one here */
    private static ChoiceScript.Choice await(final BooleanSupplier passed, final ChoiceScript script, final int kind,
        final long patienceNs, final long momentNs) {
        ChoiceScript.Choice choice = null;
        long passedNs = 0;
        for (long waitedNs = 0; choice == null && waitedNs < patienceNs && !script.isLive(); waitedNs += SLICE_NS) {
            // What the other server asked on the way is here by then, or will never be.
            final boolean further = passed.getAsBoolean();
            if (further && passedNs >= momentNs) {
                break;
            }
            choice = script.take(kind, SLICE_NS);
            passedNs += further ? SLICE_NS : 0;
        }
        return choice;
    }

    /** Where a program asks. Counts are about right: threads may count at the same time. */
    private static final class Place {
        private volatile int answered;
        private volatile int missed;

        boolean isWorthWaiting(final int most) {
            return missed < most || missed < answered;
        }

        void count(final boolean came) {
            if (came) {
                answered = Math.min(answered + 1, Integer.MAX_VALUE - 1);
            } else {
                missed = Math.min(missed + 1, Integer.MAX_VALUE - 1);
            }
        }
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
}
