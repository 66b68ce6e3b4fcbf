package io.holdfast.failover;

import io.holdfast.socket.Choices;
import io.holdfast.stack.ChoiceScript;
import io.holdfast.stack.Endpoint;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * What clocks and generators tell a server: on the primary what is so, and it is recorded; on the backup what the primary's server was
 * told, for each connection in that order. By the threads that serve connections.
 */
final class ServerChoices implements Choices.Source {
    /** Longest answer that is recorded as one. */
    private static final int MAX_BYTES = 4_096;

    private final AtomicLong mismatches = new AtomicLong();

    @Override
    public long choose(final Object connection, final int kind, final LongSupplier local) {
        final Endpoint endpoint = (Endpoint) connection;
        final ChoiceScript.Choice choice = next(endpoint, kind);
        if (choice != null) {
            return choice.value();
        }
        final long value = local.getAsLong();
        final Endpoint.ReadRecorder recorder = endpoint.recorder();
        if (recorder != null) {
            recorder.onChoice(kind, value, null);
        }
        return value;
    }

    @Override
    public void choose(final Object connection, final int kind, final byte[] bytes, final Consumer<byte[]> local) {
        final Endpoint endpoint = (Endpoint) connection;
        final ChoiceScript.Choice choice = next(endpoint, kind);
        if (choice != null && choice.bytes().length == bytes.length) {
            System.arraycopy(choice.bytes(), 0, bytes, 0, bytes.length);
            return;
        }
        local.accept(bytes);
        final Endpoint.ReadRecorder recorder = endpoint.recorder();
        if (recorder != null && bytes.length <= MAX_BYTES) {
            recorder.onChoice(kind, 0, bytes);
        }
    }

    /** null: the application is told what is so here. */
    private ChoiceScript.Choice next(final Endpoint endpoint, final int kind) {
        final ChoiceScript script = endpoint.choices();
        final ChoiceScript.Choice choice = script == null ? null : script.take();
        if (choice == null) {
            return null;
        }
        if (choice.kind() != kind) {
            // The servers of both hosts did not ask the same: what they write from here on will be compared.
            mismatches.incrementAndGet();
            return null;
        }
        return choice;
    }

    /** Answers that were asked for in another order than on the primary. */
    long mismatches() {
        return mismatches.get();
    }
}
