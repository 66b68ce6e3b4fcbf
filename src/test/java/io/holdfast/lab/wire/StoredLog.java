package io.holdfast.lab.wire;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One host's connections in the replication log, up to the position that the other host has acknowledged as stored.
 * Reads the records as their schema (id 7401) lays them out.
 */
final class StoredLog {
    private static final int SCHEMA = 7401;
    private static final int RECORD_HEADER_BYTES = 8;
    private static final int OPENED = 1;
    private static final int INPUT = 2;
    private static final int PROGRESS = 3;
    private static final int CLOSED = 6;
    private static final int CHECKPOINT = 9;
    private static final int SNAPSHOT_PORTS_BYTES = 44;

    private final Map<Long, StoredConnection> byId = new HashMap<>();
    private final Map<Peer, StoredConnection> byPeer = new HashMap<>();
    private final Deque<Batch> waiting = new ArrayDeque<>();
    private long acknowledgedBatches;
    private long records;

    /** The client's address and port, and the server's port. */
    record Peer(int ip, int port, int serverPort) {
    }

    private record Batch(long number, List<Runnable> effects) {
    }

    /** The log is not what the schema says. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(final String message) {
            super(message);
        }
    }

    /** Returns the stored state of the youngest connection with that peer; null if there is none. */
    StoredConnection at(final Peer peer) {
        return byPeer.get(peer);
    }

    long acknowledgedBatches() {
        return acknowledgedBatches;
    }

    long records() {
        return records;
    }

    /** @param message a batch, from behind its type */
    void onBatch(final ByteBuffer message) throws Malformed {
        final int block = block(message, 0, 21);
        final long number = message.getLong(block + 8);
        if (number == 1) {
            // Another session: the follower has let go of everything.
            waiting.clear();
            byId.clear();
            byPeer.clear();
        }
        final int count = message.getInt(block + 40);
        final List<Runnable> effects = new ArrayList<>();
        int at = block + (message.getShort(0) & 0xFFFF);
        for (int i = 0; i < count; i++) {
            final int length = message.getInt(at);
            at += Integer.BYTES;
            if (length < RECORD_HEADER_BYTES + Long.BYTES || length > message.limit() - at) {
                throw new Malformed("a record of " + length + " bytes in " + (message.limit() - at));
            }
            final Runnable effect = effect(message, at);
            if (effect != null) {
                effects.add(effect);
            }
            at += length;
        }
        records += count;
        waiting.add(new Batch(number, effects));
    }

    /** @param message an acknowledgement, from behind its type */
    void onAck(final ByteBuffer message) throws Malformed {
        final long number = message.getLong(block(message, 0, 22) + 8);
        while (!waiting.isEmpty() && waiting.peek().number <= number) {
            waiting.poll().effects.forEach(Runnable::run);
            acknowledgedBatches++;
        }
    }

    /** Returns the effect of a record once it is stored; null if there is none for this check. */
    private Runnable effect(final ByteBuffer message, final int at) throws Malformed {
        final int template = message.getShort(at + 2) & 0xFFFF;
        final int block = block(message, at, template);
        final int data = block + (message.getShort(at) & 0xFFFF) + Integer.BYTES;
        final long id = message.getLong(block);
        switch (template) {
            case OPENED:
                final Peer peer = peer(message, data);
                return () -> {
                    final StoredConnection opened = new StoredConnection();
                    byId.put(id, opened);
                    byPeer.put(peer, opened);
                };
            case INPUT:
                final long start = message.getLong(block + 8);
                final int length = message.getInt(data - Integer.BYTES);
                return with(id, c -> c.onInput(start, start + length));
            case PROGRESS:
                final long[] told = new long[5];
                for (int i = 0; i < told.length; i++) {
                    told[i] = message.getLong(block + 24 + i * Long.BYTES);
                }
                final int flags = message.getShort(block + 92) & 0xFFFF;
                return with(id, c -> c.onProgress(told[0], told[1], told[2], told[3], told[4], flags));
            case CLOSED:
                return with(id, StoredConnection::onClosed);
            case CHECKPOINT:
                final long readOffset = message.getLong(block + 8);
                return with(id, c -> c.onInput(0, readOffset));
            default:
                return null;
        }
    }

    private Runnable with(final long id, final java.util.function.Consumer<StoredConnection> effect) {
        return () -> {
            final StoredConnection connection = byId.get(id);
            if (connection != null) {
                effect.accept(connection);
            }
        };
    }

    /** The beginning of a control block: its version, then the server's and the client's address and port. */
    private static Peer peer(final ByteBuffer message, final int at) throws Malformed {
        if (message.getInt(at - Integer.BYTES) < SNAPSHOT_PORTS_BYTES) {
            throw new Malformed("a control block too short to say whose it is");
        }
        return new Peer((int) message.getLong(at + 32), message.getInt(at + 40), message.getInt(at + 20));
    }

    /** Where the block of a message begins that has its header here. */
    private static int block(final ByteBuffer message, final int at, final int template) throws Malformed {
        if (message.limit() - at < RECORD_HEADER_BYTES || (message.getShort(at + 4) & 0xFFFF) != SCHEMA
            || (message.getShort(at + 2) & 0xFFFF) != template) {
            throw new Malformed("no record of the log's schema");
        }
        return at + RECORD_HEADER_BYTES;
    }
}
