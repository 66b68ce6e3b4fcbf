package io.holdfast.replication;

import io.holdfast.config.StackConfig;
import io.holdfast.counters.Counters;
import io.holdfast.link.memory.MemoryLink;
import io.holdfast.replication.log.LogWriter;
import io.holdfast.replication.log.RecordDecoder;
import io.holdfast.replication.log.RingReader;
import io.holdfast.socket.HoldfastStack;
import io.holdfast.socket.ListenerSocket;
import io.holdfast.socket.StreamSocket;
import io.holdfast.socket.TwoHosts;
import io.holdfast.stack.ShardControl;
import io.holdfast.tcp.ConnectionId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** A host that replicates, with a client on a wire of its own; in virtual time, run by the test's thread. */
final class ReplicaHost implements AutoCloseable, ReplicationEvents {
    private static final int PORT = 80;
    private static final long MS = 1_000_000;

    final HoldfastStack client;
    final HoldfastStack server;
    final Counters counters = new Counters();
    final List<String> unprotected = new ArrayList<>();
    private final RingReader log;
    private final RecordDecoder decoder = new RecordDecoder();
    Replica replica;
    boolean leased = true;
    long nowNs = 1_000 * MS;
    private ShardControl control;

    ReplicaHost(final ReplicationMode mode) {
        final MemoryLink.Pair wire = TwoHosts.wire(false);
        final LogWriter writer = RingReader.smallLog(1 << 20);
        log = new RingReader(writer);
        client = HoldfastStack.start(TwoHosts.config(TwoHosts.CLIENT, wire.left(), 1, StackConfig.Threading.INVOKER,
            config -> { }));
        server = HoldfastStack.start(TwoHosts.config(TwoHosts.SERVER, wire.right(), 2, StackConfig.Threading.INVOKER,
            config -> { }), made -> {
                control = made;
                replica = new Replica(made, writer, mode, ReplicationOrder.CAUSAL, counters, this, now -> leased, () -> { });
                return replica;
            });
        run(0);
    }

    /** Lets time pass, firing what is due on the way. */
    void run(final long ms) {
        final long end = nowNs + ms * MS;
        settle();
        for (long next = next(); next <= end; next = next()) {
            nowNs = Math.max(nowNs, next);
            settle();
        }
        nowNs = end;
        settle();
    }

    private long next() {
        return Math.max(nowNs + 1, Math.min(client.nextDeadlineNs(), server.nextDeadlineNs()));
    }

    private void settle() {
        int idle = 0;
        while (idle < 2) {
            idle = client.invoke(nowNs) + server.invoke(nowNs) == 0 ? idle + 1 : 0;
        }
    }

    /** With the baton. */
    void with(final Runnable work) {
        control.call(() -> {
            work.run();
            return null;
        });
        settle();
    }

    ListenerSocket listen() throws IOException {
        final ListenerSocket listener = server.openListener();
        listener.bind(TwoHosts.at(TwoHosts.SERVER, PORT));
        listener.listen(16);
        settle();
        return listener;
    }

    StreamSocket connect() throws IOException {
        final StreamSocket socket = client.openStream();
        socket.connect(TwoHosts.at(TwoHosts.SERVER, PORT));
        run(10);
        return socket;
    }

    /** Records written since the last call, as they are. */
    List<byte[]> take() {
        return log.take();
    }

    /** Sequence of the last record taken. */
    long sequence() {
        return log.sequence();
    }

    static String text(final byte[] record) {
        return RingReader.describe(record);
    }

    /** Plays one record of a primary. */
    void play(final byte[] record) {
        with(() -> {
            if (!decoder.decode(new UnsafeBuffer(record), 0, record.length, 0, replica.follower(nowNs))) {
                throw new AssertionError("a record that cannot be decoded: " + text(record));
            }
        });
    }

    static ByteBuffer bytes(final String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** What can be read now. */
    static String read(final StreamSocket socket) throws IOException {
        final ByteBuffer buffer = ByteBuffer.allocate(1_024);
        socket.read(buffer);
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII);
    }

    @Override
    public void onDivergence(final ConnectionId connection, final long id, final long offset) {
        unprotected.add("diverged before " + offset);
    }

    @Override
    public void onUnprotected(final ConnectionId connection, final long id, final String reason) {
        unprotected.add(reason);
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
