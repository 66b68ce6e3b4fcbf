package io.holdfast.wire;

import org.agrona.DirectBuffer;

/**
 * The values of one TCP header with its options (RFC 9293 3.1, 7323, 2018), and where its payload is: a carrier that is
 * filled, used and reused, never kept. Its owner's thread only. Sequence numbers, window and timestamps are raw wire
 * values; {@link #window} is not scaled.
 */
public final class TcpSegment {
    public static final int FIN = 0x01;
    public static final int SYN = 0x02;
    public static final int RST = 0x04;
    public static final int PSH = 0x08;
    public static final int ACK = 0x10;
    public static final int URG = 0x20;
    public static final int ECE = 0x40;
    public static final int CWR = 0x80;

    /** Ranges a header can carry at most (RFC 2018 3). */
    public static final int MAX_SACK_RANGES = 4;

    /** {@link #windowScale} if the option is absent. */
    public static final int NO_WINDOW_SCALE = -1;

    public int sourcePort;
    public int destinationPort;
    public int seq;
    public int ack;
    public int flags;
    public int window;
    public int urgentPointer;

    /** Maximum segment size option; 0 if absent. */
    public int mss;
    /** Window scale option as sent (may exceed 14 on arrival); {@link #NO_WINDOW_SCALE} if absent. */
    public int windowScale = NO_WINDOW_SCALE;
    public boolean sackPermitted;
    public boolean timestamps;
    public int tsVal;
    public int tsEcr;
    public int sackCount;
    public final int[] sackStart = new int[MAX_SACK_RANGES];
    public final int[] sackEnd = new int[MAX_SACK_RANGES];

    /** Where the payload lies; valid only during the call that delivers the segment. */
    public DirectBuffer payload;
    public int payloadOffset;
    public int payloadLength;

    /** Wire segments this one stands for: more than 1 if the device coalesced. Never 0. */
    public int wireSegments = 1;
    /** IPv4 type of service, or IPv6 traffic class, of the packet (arriving only). */
    public int trafficClass;

    public boolean has(final int flag) {
        return (flags & flag) != 0;
    }

    /** Sequence space the segment occupies: payload, SYN and FIN (RFC 9293 SEG.LEN). */
    public int sequenceLength() {
        return payloadLength + ((flags & SYN) != 0 ? 1 : 0) + ((flags & FIN) != 0 ? 1 : 0);
    }

    /** Forgets everything, the payload included. */
    public void clear() {
        sourcePort = 0;
        destinationPort = 0;
        seq = 0;
        ack = 0;
        flags = 0;
        window = 0;
        urgentPointer = 0;
        mss = 0;
        windowScale = NO_WINDOW_SCALE;
        sackPermitted = false;
        timestamps = false;
        tsVal = 0;
        tsEcr = 0;
        sackCount = 0;
        payload = null;
        payloadOffset = 0;
        payloadLength = 0;
        wireSegments = 1;
        trafficClass = 0;
    }
}
