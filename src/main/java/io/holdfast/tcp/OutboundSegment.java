package io.holdfast.tcp;

import io.holdfast.buffer.StreamBuffer;
import io.holdfast.wire.TcpSegment;

/** A segment, or a super-segment for the device to cut, on its way out. Reused; owner's thread only. */
public final class OutboundSegment {
    /** All header fields but the ports' checksum; its payload fields are unused. */
    public final TcpSegment header = new TcpSegment();
    /** Whose segment it is. */
    public ConnectionId id;
    /** Payload, from {@link #position} in {@link #payload}; null if there is none. */
    public StreamBuffer payload;
    public long position;
    public int length;
    /** Payload bytes of each segment if {@link #length} is more than one segment; 0 if it goes out whole. */
    public int segmentSize;
    /** Traffic class and hop limit the application asked for; hop limit 0 means the stack's default. */
    public int trafficClass;
    public int hopLimit;
    /** May be cut by routers: false while path MTU discovery is on. */
    public boolean mayFragment;

    public void clear() {
        header.clear();
        id = null;
        payload = null;
        position = 0;
        length = 0;
        segmentSize = 0;
        trafficClass = 0;
        hopLimit = 0;
        mayFragment = false;
    }
}
