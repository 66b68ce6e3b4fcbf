package io.holdfast.replication;

import io.holdfast.replication.log.History;
import io.holdfast.stack.ShardControl;
import java.util.ArrayList;
import java.util.List;

/**
 * Feeds applications from this host's history: those that begin to read a connection again after a takeover, and those that
 * read more slowly than the primary's. The replicator's thread; {@link #add} also by others while that waits for them.
 *
 * <p>The feed that is furthest behind goes first, and all that stand in the same segment with it, so that a segment on disk is
 * loaded once for all of them.
 */
public final class Feeder {
    /** Told how a feed ended. With the baton. */
    interface Listener {
        /** The application has everything that was stored, and reads on as any does. */
        void onFed(Feed feed);

        /** The history does not have the connection any more. */
        void onFeedLost(Feed feed);
    }

    private final ShardControl control;
    private final History history;
    private final Listener listener;
    private final List<Feed> feeds = new ArrayList<>();
    private long bytes;
    private int begun;

    Feeder(final ShardControl control, final History history, final Listener listener) {
        this.control = control;
        this.history = history;
        this.listener = listener;
    }

    /** From the last record appended to the history on, which is of that connection. False if the history does not have it. */
    boolean addAtLast(final Feed feed) {
        feed.cursor = history.cursorAtLast(feed.id);
        if (feed.cursor == null) {
            return false;
        }
        add(feed);
        return true;
    }

    /** From the connection's first record on. */
    void add(final Feed feed) {
        feeds.add(feed);
        begun++;
    }

    /** Is an application being fed that does not go on from a checkpoint to come? */
    boolean isNeeded(final long connectionId) {
        for (int i = 0; i < feeds.size(); i++) {
            final Feed feed = feeds.get(i);
            if (feed.id == connectionId && feed.needed && !feed.over) {
                return true;
            }
        }
        return false;
    }

    /** Is there anybody to be fed, now or later? */
    public boolean active() {
        return !feeds.isEmpty();
    }

    /** Connections that are being fed. */
    public int size() {
        return feeds.size();
    }

    /** Connections fed so far. */
    public int begun() {
        return begun;
    }

    /** Bytes of clients given to applications so far. */
    public long bytes() {
        return bytes;
    }

    /** Gives those a turn who want it. Returns true if some may want another at once. */
    public boolean run() {
        long first = Long.MAX_VALUE;
        for (int i = feeds.size() - 1; i >= 0; i--) {
            final Feed feed = feeds.get(i);
            if (feed.over) {
                end(feed);
            } else if (feed.wants() && seek(feed)) {
                first = Math.min(first, feed.cursor.segment());
            }
        }
        boolean fed = false;
        for (int i = feeds.size() - 1; i >= 0 && first != Long.MAX_VALUE; i--) {
            final Feed feed = feeds.get(i);
            if (feed.wants() && feed.cursor != null && feed.cursor.segment() == first && history.prepare(feed.cursor)) {
                fed |= control.call(() -> turn(feed));
            }
        }
        return fed;
    }

    /** Finds what comes next. False if there is nothing now, or never will be. */
    private boolean seek(final Feed feed) {
        if (feed.cursor == null) {
            feed.cursor = history.cursorOf(feed.id);
        }
        if (feed.cursor != null && history.seek(feed.cursor)) {
            return true;
        }
        if (!history.contains(feed.id)) {
            feed.over = true;
            control.call(() -> {
                listener.onFeedLost(feed);
                return null;
            });
            end(feed);
        } else if (control.call(() -> finished(feed))) {
            end(feed);
        }
        return false;
    }

    private boolean turn(final Feed feed) {
        if (feed.over) {
            return false;
        }
        final long before = feed.bytes();
        feed.beginTurn();
        final int taken = history.nextOf(feed.cursor, (id, buffer, offset, length) -> feed.take(buffer, offset, length));
        bytes += feed.bytes() - before;
        if (finished(feed)) {
            feed.over = true;
        }
        control.touch(feed.endpoint);
        return taken > 0;
    }

    private boolean finished(final Feed feed) {
        if (!feed.complete()) {
            return false;
        }
        feed.input.close();
        listener.onFed(feed);
        control.touch(feed.endpoint);
        return true;
    }

    private void end(final Feed feed) {
        feeds.remove(feed);
        if (feed.cursor != null) {
            feed.cursor.close();
            feed.cursor = null;
        }
    }

    /** Nobody is fed any more. */
    public void clear() {
        while (!feeds.isEmpty()) {
            feeds.get(0).over = true;
            end(feeds.get(0));
        }
    }
}
