package io.holdfast.failover;

import io.holdfast.replay.ChoiceKind;
import io.holdfast.replay.ChoiceScript;
import io.holdfast.replay.Choices;
import io.holdfast.stack.Endpoint;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * What clocks and generators tell a server: on the primary what is so, and it is recorded; on the backup what the primary's
 * server was told, for each connection and kind in that order. By the threads that serve connections.
 *
 * <p>A generator's answer is waited for as long as it takes. How often a clock is read may depend on how a host's threads run:
 * what counts its writes reads it at each. A place of the program that was found to read it more often here than there is no
 * longer waited for. A primary that is late for so long is taken for dead long before.
 */
final class ServerChoices implements Choices.Source {
    /** Longest answer that is recorded as one. */
    private static final int MAX_BYTES = 4_096;
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long SLICE_NS = TimeUnit.MILLISECONDS.toNanos(2);

    private final AtomicLong mismatches = new AtomicLong();
    /** Kinds whose readings are not the same number on both hosts. */
    private final Set<Integer> ownPace = ConcurrentHashMap.newKeySet();

    @Override
    public long choose(final Object connection, final int kind, final LongSupplier local) {
        final Endpoint endpoint = (Endpoint) connection;
        final ChoiceScript script = endpoint.choices();
        if (script != null) {
            final ChoiceScript.Choice choice = ChoiceKind.isReading(kind) ? reading(endpoint, script, kind) : script.take(kind);
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
    private ChoiceScript.Choice reading(final Endpoint endpoint, final ChoiceScript script, final int kind) {
        if (ownPace.contains(kind)) {
            return script.take(kind, 0);
        }
        ChoiceScript.Choice choice = null;
        // Once the other application is known to be further than this one, what it read on the way is here, or never will be.
        for (long waitedNs = 0; choice == null && waitedNs < PATIENCE_NS && !script.isLive(); waitedNs += SLICE_NS) {
            final boolean passed = endpoint.isPassed();
            choice = script.take(kind, passed ? 0 : SLICE_NS);
            waitedNs += passed ? PATIENCE_NS : 0;
        }
        choice = choice == null ? script.take(kind, 0) : choice;
        if (choice == null && !script.isLive()) {
            ownPace.add(kind);
        }
        return choice;
    }

    @Override
    public void choose(final Object connection, final int kind, final byte[] bytes, final Consumer<byte[]> local) {
        final Endpoint endpoint = (Endpoint) connection;
        final ChoiceScript script = endpoint.choices();
        final ChoiceScript.Choice choice = script == null ? null : script.take(kind);
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
        final ChoiceScript.Choice choice = script == null ? null : script.take(kind);
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
