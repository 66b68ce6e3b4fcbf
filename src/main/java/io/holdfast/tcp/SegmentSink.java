package io.holdfast.tcp;

/** Where the core hands its segments; the stack adds IP and link headers and transmits at once. */
public interface SegmentSink {
    /**
     * Takes one segment or super-segment, whose carrier is reused afterwards.
     *
     * @return false if the device is full: the connection keeps the segment's content for later
     */
    boolean transmit(OutboundSegment segment);
}
