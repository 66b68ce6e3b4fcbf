package io.holdfast.replication;

import java.util.function.BooleanSupplier;

/**
 * What a host that took over does again before its clients go on: the server here reads what the last host's had read, and writes
 * what that one had written. Tells when that is done, and when the first client gets on. With the baton.
 */
final class TakeoverProgress {
    /** Steps by which a timeline is known to programs. */
    static final String LISTENING = "listening";
    static final String REPLAYED = "replayed";
    static final String MOVED = "moved";

    /** Of one connection. */
    static final class Task {
        private final Feed feed;
        private final long writtenBefore;
        private boolean done;
        private long received;

        private Task(final Feed feed, final long writtenBefore) {
            this.feed = feed;
            this.writtenBefore = writtenBefore;
        }
    }

    private final ReplicationEvents events;
    private int left;
    private int connections;
    private long readAgain;
    private long writtenAgain;
    private boolean moved = true;
    private boolean waitsForServer;
    private boolean replayed = true;
    private final BooleanSupplier played;

    /** @param played whether also what connections did that are closed, or not carried on, has been done again */
    TakeoverProgress(final ReplicationEvents events, final BooleanSupplier played) {
        this.events = events;
        this.played = played;
    }

    /** A takeover: what was before is over. */
    void begin(final boolean withoutServer) {
        left = 0;
        connections = 0;
        readAgain = 0;
        writtenAgain = 0;
        moved = false;
        replayed = false;
        waitsForServer = withoutServer;
    }

    /** That connection is carried on. */
    void add(final ProtectedConnection c) {
        c.replay = new Task(c.feed, c.connection.sendBuffer().tail());
        connections++;
        left++;
    }

    void onListening(final long nowNs) {
        if (waitsForServer) {
            waitsForServer = false;
            events.onStep(LISTENING, "the server listens", nowNs);
            look(nowNs);
        }
    }

    /** Everything has been done again, perhaps. */
    void look(final long nowNs) {
        if (!replayed && !waitsForServer && connections > 0 && left == 0 && played.getAsBoolean()) {
            replayed = true;
            events.onStep(REPLAYED, "the server is where the last host's was, on " + connections + " connections: " + readAgain
                + " bytes read again, " + writtenAgain + " written again", nowNs);
        }
    }

    /** The connection has got on, perhaps. */
    void look(final ProtectedConnection c, final long nowNs) {
        final Task task = c.replay;
        if (!task.done) {
            if (c.feed != null || c.writesAgain()) {
                return;
            }
            task.done = true;
            task.received = c.replicated.receivedEnd();
            readAgain += task.feed == null ? 0 : task.feed.bytes();
            writtenAgain += Math.max(0, c.writtenThere() - task.writtenBefore);
            less(nowNs);
        }
        if (c.replicated.receivedEnd() > task.received || c.hash.position() > c.writtenThere()) {
            c.replay = null;
            if (!moved) {
                moved = true;
                events.onStep(MOVED, "new bytes of the first client", nowNs);
            }
        }
    }

    /** The connection is gone. */
    void forget(final ProtectedConnection c, final long nowNs) {
        final Task task = c.replay;
        c.replay = null;
        if (task != null && !task.done) {
            less(nowNs);
        }
    }

    private void less(final long nowNs) {
        left--;
        look(nowNs);
    }
}
