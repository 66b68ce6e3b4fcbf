package io.holdfast.replication.channel;

import io.holdfast.counters.ChannelCounter;
import io.holdfast.counters.Counters;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** One host's channels with a handler that writes down what happens and gives out what the test wants sent. */
final class Node implements Handler, AutoCloseable {
    final Map<Path, List<byte[]>> received = new EnumMap<>(Path.class);
    final Map<Path, Deque<byte[]>> toFill = new EnumMap<>(Path.class);
    final List<PathLoss> losses = new ArrayList<>();
    final List<String> events = new ArrayList<>();
    final Counters counters = new Counters();
    final ChannelConfig config;
    final Channels channels;
    boolean keepMessages = true;
    int fills;

    Node(final ChannelConfig config) {
        this.config = config.counters(counters);
        for (final Path path : Path.values()) {
            received.put(path, new ArrayList<>());
            toFill.put(path, new ArrayDeque<>());
        }
        this.channels = new Channels(config, this);
    }

    boolean send(final Path path, final byte[] message) {
        return channels.send(0, path, new UnsafeBuffer(message), 0, message.length);
    }

    boolean isUp() {
        return channels.isUp(0, Path.REPLICATION)
            && (config.listen(Path.SERVICE) == null || channels.isUp(0, Path.SERVICE));
    }

    long count(final ChannelCounter counter) {
        return counters.get(counter);
    }

    List<byte[]> received() {
        return received.get(Path.REPLICATION);
    }

    @Override
    public void onUp(final int host, final Path path) {
        events.add("up " + path);
    }

    @Override
    public void onMessage(final int host, final Path path, final DirectBuffer buffer, final int offset, final int length) {
        if (keepMessages) {
            final byte[] message = new byte[length];
            buffer.getBytes(offset, message);
            received.get(path).add(message);
        }
    }

    @Override
    public void onDown(final int host, final Path path, final PathLoss loss, final String reason) {
        losses.add(loss);
        if (loss != PathLoss.REFUSED) {
            events.add("down " + path + ": " + reason);
        }
    }

    @Override
    public void onLifeline(final int host, final Path path, final boolean held) {
        events.add("lifeline " + path + (held ? " held" : " cut"));
    }

    @Override
    public int fill(final int host, final Path path, final MutableDirectBuffer to, final int offset, final int capacity) {
        fills++;
        final byte[] message = toFill.get(path).poll();
        if (message == null) {
            return 0;
        }
        to.putBytes(offset, message);
        return message.length;
    }

    @Override
    public void close() {
        channels.close();
    }
}
