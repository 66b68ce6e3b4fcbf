package io.holdfast.lab.wire;

import java.util.TreeMap;

/** State of a connection that a host has stored. Offsets are those of the streams: 0 is the first byte. */
final class StoredConnection {
    private static final int READ_SHUT = 2;
    private static final int ABORTED = 4;
    private static final long NONE = Long.MAX_VALUE;

    /** Start to end of the client's bytes; neither overlapping nor touching. */
    private final TreeMap<Long, Long> input = new TreeMap<>();
    private boolean anyProgress;
    private long clientFin = NONE;
    private long serverFin = NONE;
    private long edgeLimit;
    private long sendLimit;
    private boolean aborted;
    private boolean closed;

    void onInput(final long start, final long end) {
        long from = start;
        long to = end;
        var range = input.floorEntry(end);
        while (range != null && range.getValue() >= start) {
            from = Math.min(from, range.getKey());
            to = Math.max(to, range.getValue());
            input.remove(range.getKey());
            range = input.floorEntry(end);
        }
        if (to > from) {
            input.put(from, to);
        }
    }

    void onProgress(final long rcvNxt, final long rcvFin, final long sndFin, final long edge, final long send,
        final int flags) {
        anyProgress = true;
        clientFin = rcvFin;
        serverFin = sndFin;
        edgeLimit = Math.max(edgeLimit, edge);
        sendLimit = Math.max(sendLimit, send);
        aborted |= (flags & ABORTED) != 0;
        if ((flags & READ_SHUT) != 0) {
            // No application will read further input, so its bytes are not kept.
            onInput(inputEnd(), Math.min(rcvNxt, rcvFin));
        }
    }

    void onClosed() {
        closed = true;
    }

    /** Up to where the client's bytes are stored without a gap. */
    long inputEnd() {
        final var first = input.firstEntry();
        return first == null || first.getKey() > 0 ? 0 : first.getValue();
    }

    /** How far the client may be acknowledged: its FIN counts as a byte. */
    long acknowledgeable() {
        final long end = inputEnd();
        return clientFin == end ? end + 1 : end;
    }

    boolean hasInput(final long start, final long end) {
        final var range = input.floorEntry(start);
        return range != null && range.getValue() >= end;
    }

    /** Limits are known. */
    boolean hasProgress() {
        return anyProgress;
    }

    long edgeLimit() {
        return edgeLimit;
    }

    long sendLimit() {
        return sendLimit;
    }

    boolean hasServerFin(final long offset) {
        return serverFin == offset;
    }

    /** Returns whether a reset is allowed: the connection's end is known, or it is gone. */
    boolean mayReset() {
        return aborted || closed;
    }
}
