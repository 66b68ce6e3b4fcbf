package io.holdfast.tcp;

import io.holdfast.wire.IpAddress;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The control block as bytes, for a host that shall carry the connection on: every field of {@link Tcb}, in a fixed
 * order, little endian, behind a version. What loss recovery and congestion control know is not among them: the new host
 * measures anew (see the replication contract: it may lag or is rebuilt).
 */
final class TcbSnapshot {
    /** Raised with every change of the layout; another version is refused. */
    static final int VERSION = 2;
    /** Bytes of a snapshot. */
    static final int LENGTH = 2 * 16 + 13 * Integer.BYTES + 17 * Long.BYTES + 6;

    private MutableDirectBuffer out;
    private DirectBuffer in;
    private int at;

    /** Returns the bytes written: {@link #LENGTH}. */
    int encode(final Tcb tcb, final MutableDirectBuffer buffer, final int offset) {
        out = buffer;
        at = offset;
        putInt(VERSION);
        putAddress(tcb.id.localAddress());
        putInt(tcb.id.localPort());
        putAddress(tcb.id.remoteAddress());
        putInt(tcb.id.remotePort());
        putInt(tcb.state.code());
        putInt(tcb.iss);
        putLong(tcb.sndUna);
        putLong(tcb.sndNxt);
        putLong(tcb.sndWnd);
        putLong(tcb.sndWl1);
        putLong(tcb.sndWl2);
        putLong(tcb.maxSndWnd);
        putInt(tcb.sndWindowShift);
        putLong(tcb.sndFin);
        putLong(tcb.sndInherited);
        putLong(tcb.sndSwallow);
        putLong(tcb.sndSmall);
        putInt(tcb.irs);
        putLong(tcb.rcvNxt);
        putLong(tcb.rcvWup);
        putLong(tcb.rcvWnd);
        putLong(tcb.rcvEdge);
        putInt(tcb.rcvWindowShift);
        putLong(tcb.rcvFin);
        putInt(tcb.peerMss);
        putInt(tcb.advMss);
        putBoolean(tcb.windowScaling);
        putBoolean(tcb.sack);
        putBoolean(tcb.timestamps);
        putInt(tcb.tsOffset);
        putInt(tcb.tsFloor);
        putBoolean(tcb.tsFloorSet);
        putInt(tcb.tsRecent);
        putLong(tcb.tsRecentNs);
        putLong(tcb.lastAckSent);
        putBoolean(tcb.orphaned);
        putBoolean(tcb.readShut);
        return at - offset;
    }

    /**
     * @throws IllegalArgumentException if the version is not this one's, or the bytes are no snapshot
     */
    Tcb decode(final DirectBuffer buffer, final int offset) {
        in = buffer;
        at = offset;
        final int version = getInt();
        if (version != VERSION) {
            throw new IllegalArgumentException("snapshot version " + version + ", this host reads " + VERSION);
        }
        final IpAddress local = getAddress();
        final int localPort = getInt();
        final IpAddress remote = getAddress();
        final Tcb tcb = new Tcb(new ConnectionId(local, localPort, remote, getInt()));
        tcb.state = TcpState.ofCode(getInt());
        tcb.iss = getInt();
        tcb.sndUna = getLong();
        tcb.sndNxt = getLong();
        tcb.sndWnd = getLong();
        tcb.sndWl1 = getLong();
        tcb.sndWl2 = getLong();
        tcb.maxSndWnd = getLong();
        tcb.sndWindowShift = getInt();
        tcb.sndFin = getLong();
        tcb.sndInherited = getLong();
        tcb.sndSwallow = getLong();
        tcb.sndSmall = getLong();
        tcb.irs = getInt();
        tcb.rcvNxt = getLong();
        tcb.rcvWup = getLong();
        tcb.rcvWnd = getLong();
        tcb.rcvEdge = getLong();
        tcb.rcvWindowShift = getInt();
        tcb.rcvFin = getLong();
        tcb.peerMss = getInt();
        tcb.advMss = getInt();
        tcb.windowScaling = getBoolean();
        tcb.sack = getBoolean();
        tcb.timestamps = getBoolean();
        tcb.tsOffset = getInt();
        tcb.tsFloor = getInt();
        tcb.tsFloorSet = getBoolean();
        tcb.tsRecent = getInt();
        tcb.tsRecentNs = getLong();
        tcb.lastAckSent = getLong();
        tcb.orphaned = getBoolean();
        tcb.readShut = getBoolean();
        return tcb;
    }

    private void putAddress(final IpAddress address) {
        putLong(address.hi());
        putLong(address.lo());
    }

    private void putInt(final int value) {
        out.putInt(at, value, ByteOrder.LITTLE_ENDIAN);
        at += 4;
    }

    private void putLong(final long value) {
        out.putLong(at, value, ByteOrder.LITTLE_ENDIAN);
        at += 8;
    }

    private void putBoolean(final boolean value) {
        out.putByte(at++, (byte) (value ? 1 : 0));
    }

    private IpAddress getAddress() {
        final long hi = getLong();
        return new IpAddress(hi, getLong());
    }

    private int getInt() {
        at += 4;
        return in.getInt(at - 4, ByteOrder.LITTLE_ENDIAN);
    }

    private long getLong() {
        at += 8;
        return in.getLong(at - 8, ByteOrder.LITTLE_ENDIAN);
    }

    private boolean getBoolean() {
        return in.getByte(at++) != 0;
    }
}
