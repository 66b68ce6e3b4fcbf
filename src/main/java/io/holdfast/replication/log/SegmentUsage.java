package io.holdfast.replication.log;

/** What one connection has in one segment: its live bytes, and of these the streams'. Plain data, in a list by age. */
final class SegmentUsage {
    LogSegment segment;
    SegmentUsage previous;
    SegmentUsage next;
    /** Live bytes, the streams' included. */
    int bytes;
    int inputBytes;
    /** The greatest position behind an Input here. */
    long inputEnd;
    int outputBytes;
    long outputEnd;
    /** Of what a server that goes on from a checkpoint does not need: reads and choices. */
    int scriptBytes;

    void clear() {
        bytes = 0;
        inputBytes = 0;
        inputEnd = 0;
        outputBytes = 0;
        outputEnd = 0;
        scriptBytes = 0;
    }
}
