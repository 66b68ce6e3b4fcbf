package io.holdfast.app.agent.choices;

import io.holdfast.replay.ChoiceKind;
import io.holdfast.replay.Choices;
import io.holdfast.stack.Endpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Records the choices of a server's connections, or plays them, each connection's by its client's port. While it records
 * the clock is five hours slow, so that no reading of the playing host can be right by chance.
 */
final class ChoiceTape implements Choices.Source {
    static final long SLOW_MS = TimeUnit.HOURS.toMillis(5);

    private final boolean recording;
    private final Map<Integer, Queue<String>> tapes = new ConcurrentHashMap<>();

    ChoiceTape() {
        recording = true;
    }

    ChoiceTape(final Path file) throws IOException {
        recording = false;
        for (final String line : Files.readAllLines(file)) {
            final String[] words = line.split(" ");
            tape(Integer.parseInt(words[0])).add(words[1]);
        }
    }

    void write(final Path file) throws IOException {
        Files.write(file, tapes.entrySet().stream()
            .flatMap(tape -> tape.getValue().stream().map(choice -> tape.getKey() + " " + choice))
            .collect(Collectors.toList()));
    }

    /** Recorded choices that no connection took. */
    int left() {
        return tapes.values().stream().mapToInt(Queue::size).sum();
    }

    private Queue<String> tape(final int port) {
        return tapes.computeIfAbsent(port, any -> new ConcurrentLinkedQueue<>());
    }

    private Queue<String> tape(final Object connection) {
        return tape(((Endpoint) connection).connection().id().remotePort());
    }

    @Override
    public long choose(final Object connection, final int kind, final LongSupplier local) {
        if (!recording) {
            return ByteBuffer.wrap(next(connection, kind, Long.BYTES)).getLong();
        }
        final long value = switch (ChoiceKind.withoutPlace(kind)) {
            case Choices.CURRENT_TIME_MILLIS -> local.getAsLong() - SLOW_MS;
            case Choices.INSTANT -> local.getAsLong() - TimeUnit.MILLISECONDS.toNanos(SLOW_MS);
            default -> local.getAsLong();
        };
        add(connection, kind, ByteBuffer.allocate(Long.BYTES).putLong(value).array());
        return value;
    }

    @Override
    public void choose(final Object connection, final int kind, final byte[] bytes, final Consumer<byte[]> local) {
        if (recording) {
            local.accept(bytes);
            add(connection, kind, bytes);
        } else {
            System.arraycopy(next(connection, kind, bytes.length), 0, bytes, 0, bytes.length);
        }
    }

    private void add(final Object connection, final int kind, final byte[] value) {
        tape(connection).add(kind + ":" + HexFormat.of().formatHex(value));
    }

    private byte[] next(final Object connection, final int kind, final int length) {
        final String choice = tape(connection).poll();
        final String before = kind + ":";
        if (choice == null || !choice.startsWith(before) || choice.length() != before.length() + 2 * length) {
            final IllegalStateException wrong = new IllegalStateException("asked for " + length + " bytes of kind " + kind
                + " where the tape has " + choice);
            wrong.printStackTrace();
            throw wrong;
        }
        return HexFormat.of().parseHex(choice.substring(before.length()));
    }
}
