package io.holdfast.ip.neighbor;

import org.agrona.concurrent.UnsafeBuffer;

/** Copies of the packets that wait for one neighbour, oldest first, within limits. Shard's thread only. */
public final class HeldPackets {
    /** Most packets held for one neighbour: the fragments of a 64 KiB datagram on Ethernet, and a few more. */
    public static final int MAX_PACKETS = 64;
    /** Most bytes held for one neighbour. */
    public static final int MAX_BYTES = 128 * 1024;

    /** One packet: network header first, with the frame's offload hints. */
    public static final class Held {
        public final UnsafeBuffer packet;
        /** Offset from the start of the packet; -1 if the checksum is complete. */
        public final int checksumStart;
        public final int checksumOffset;
        public final int gsoSize;

        public Held(final UnsafeBuffer packet, final int checksumStart, final int checksumOffset, final int gsoSize) {
            this.packet = packet;
            this.checksumStart = checksumStart;
            this.checksumOffset = checksumOffset;
            this.gsoSize = gsoSize;
        }
    }

    private Held[] packets;
    private int head;
    private int count;
    private int bytes;

    public boolean hasRoom(final int length) {
        return count < MAX_PACKETS && bytes + length <= MAX_BYTES;
    }

    /** Must be called only after {@link #hasRoom}. */
    public void add(final Held held) {
        if (packets == null) {
            packets = new Held[MAX_PACKETS];
        }
        packets[(head + count) % MAX_PACKETS] = held;
        count++;
        bytes += held.packet.capacity();
    }

    /** The oldest packet, which leaves; null if there is none. */
    public Held poll() {
        if (count == 0) {
            packets = null;
            return null;
        }
        final Held held = packets[head];
        packets[head] = null;
        head = (head + 1) % MAX_PACKETS;
        count--;
        bytes -= held.packet.capacity();
        return held;
    }

    public int count() {
        return count;
    }

    public int bytes() {
        return bytes;
    }
}
