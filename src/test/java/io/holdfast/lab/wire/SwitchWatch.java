package io.holdfast.lab.wire;

/** Watches the wire after the address moved to another host. */
final class SwitchWatch {
    /**
     * A process's death is known within a millisecond; what it had sent is captured behind the clients' link, which the demo
     * paces: its queue is 20 ms long and has 128 KiB besides, which take 47 ms at the slowest of the demo's own rates.
     */
    private static final long BURST_NS = 70_000_000;
    private static final int BURST_SEGMENTS = 64;

    private final long timeNs;
    private final Source from;
    private final Source to;
    private long firstSegmentNs = -1;
    private int serverFirst;
    private int clientFirst;
    private long slowestNs;
    private long firstLateNs = -1;
    private int late;

    SwitchWatch(final long timeNs, final Source from, final Source to) {
        this.timeNs = timeNs;
        this.from = from;
        this.to = to;
    }

    void onServerSegment(final long atNs) {
        if (firstSegmentNs < 0) {
            firstSegmentNs = atNs;
        }
    }

    boolean isFrom(final Source host) {
        return from.equals(host);
    }

    /** Returns whether a segment is the rest of one burst of the host that had the address before. */
    boolean isLate(final Segment segment) {
        if (!isFrom(segment.source)) {
            return false;
        }
        firstLateNs = firstLateNs < 0 ? segment.timeNs : firstLateNs;
        late++;
        return segment.timeNs - firstLateNs <= BURST_NS && late <= BURST_SEGMENTS;
    }

    /** A connection's first segment after the switch. */
    void onFirst(final boolean byServer) {
        if (byServer) {
            serverFirst++;
        } else {
            clientFirst++;
        }
    }

    /** A connection's first segment from the server after the switch. */
    void onFirstOfServer(final long atNs) {
        slowestNs = Math.max(slowestNs, atNs - timeNs);
    }

    Report.Switch toReport() {
        return new Report.Switch(timeNs, from.toString(), to.toString(),
            firstSegmentNs < 0 ? -1 : firstSegmentNs - timeNs, serverFirst, clientFirst, slowestNs, late);
    }
}
