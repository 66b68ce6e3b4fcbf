package io.holdfast.replication.log;

import java.util.ArrayList;
import java.util.List;

/** The cursors that are open: one or two, and those of single connections. */
final class Cursors {
    private final List<HistoryCursor> open = new ArrayList<>();

    void add(final HistoryCursor cursor) {
        open.add(cursor);
    }

    void remove(final HistoryCursor cursor) {
        open.remove(cursor);
        cursor.closed = true;
    }

    boolean any() {
        return !open.isEmpty();
    }

    /** Is one open that is of that connection? */
    boolean anyOf(final long connectionId) {
        for (int i = 0; i < open.size(); i++) {
            if (open.get(i).only == connectionId) {
                return true;
            }
        }
        return false;
    }

    /** Must the segment stay as it is, because an exact cursor has yet to read it? */
    boolean pin(final LogSegment segment) {
        for (int i = 0; i < open.size(); i++) {
            final HistoryCursor cursor = open.get(i);
            if (cursor.exact && cursor.segment.id <= segment.id) {
                return true;
            }
        }
        return false;
    }

    /** Has a cursor that passes over garbage given the record at that position, or some after it? */
    boolean anyBeyond(final long position) {
        for (int i = 0; i < open.size(); i++) {
            final HistoryCursor cursor = open.get(i);
            if (cursor.wantsTombstones() && cursor.position() > position) {
                return true;
            }
        }
        return false;
    }

    /** Has a cursor that passes over garbage yet to give the record at that position? */
    boolean anyBefore(final long position) {
        for (int i = 0; i < open.size(); i++) {
            final HistoryCursor cursor = open.get(i);
            if (cursor.wantsTombstones() && cursor.position() <= position) {
                return true;
            }
        }
        return false;
    }

    /** The segment leaves the list. */
    void skip(final LogSegment segment) {
        for (int i = 0; i < open.size(); i++) {
            final HistoryCursor cursor = open.get(i);
            if (cursor.segment == segment) {
                cursor.segment = segment.next;
                cursor.offset = 0;
            }
        }
    }

    /** The segment is cut to {@code used} bytes. */
    void cut(final LogSegment segment, final int used) {
        for (int i = 0; i < open.size(); i++) {
            final HistoryCursor cursor = open.get(i);
            if (cursor.segment == segment) {
                cursor.offset = Math.min(cursor.offset, used);
            }
            cursor.damaged |= cursor.segment.id <= segment.id;
        }
    }

    /** Records of {@code from} move: the first that is not yet moved stands at {@code at}, and would go to {@code newAt}. */
    void move(final LogSegment from, final int at, final LogSegment to, final int newAt) {
        for (int i = 0; i < open.size(); i++) {
            final HistoryCursor cursor = open.get(i);
            if (cursor.segment == from && !cursor.moved && cursor.offset <= at) {
                cursor.segment = to;
                cursor.offset = newAt;
                cursor.moved = true;
            }
        }
    }

    void moveDone() {
        for (int i = 0; i < open.size(); i++) {
            open.get(i).moved = false;
        }
    }
}
