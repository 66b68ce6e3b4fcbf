package io.holdfast.wire;

import static java.nio.ByteOrder.BIG_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** View of an Ethernet II header. Untagged frames only. Reused; owner's thread only. */
public final class EthernetHeader {
    public static final int BYTES = 14;
    public static final int TYPE_IPV4 = 0x0800;
    public static final int TYPE_ARP = 0x0806;
    public static final int TYPE_VLAN = 0x8100;
    public static final int TYPE_IPV6 = 0x86DD;

    private DirectBuffer buffer;
    private int offset;

    /**
     * @return false if there is no room for a header: the view is unchanged
     */
    public boolean wrap(final DirectBuffer frame, final int frameOffset, final int frameLength) {
        if (frameLength < BYTES) {
            return false;
        }
        frame.boundsCheck(frameOffset, BYTES);
        buffer = frame;
        offset = frameOffset;
        return true;
    }

    public long destination() {
        return MacAddress.read(buffer, offset);
    }

    public long source() {
        return MacAddress.read(buffer, offset + 6);
    }

    public int type() {
        return buffer.getShort(offset + 12, BIG_ENDIAN) & 0xFFFF;
    }

    public static void write(
        final MutableDirectBuffer buffer, final int offset, final long destination, final long source, final int type) {
        MacAddress.write(buffer, offset, destination);
        MacAddress.write(buffer, offset + 6, source);
        buffer.putShort(offset + 12, (short) type, BIG_ENDIAN);
    }
}
