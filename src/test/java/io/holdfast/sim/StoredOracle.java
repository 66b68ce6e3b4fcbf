package io.holdfast.sim;

import io.holdfast.replication.log.RecordHandler;
import io.holdfast.tcp.TcbProgress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.agrona.DirectBuffer;

/**
 * Mode resume, C2 and C3: no byte and no FIN of the service leaves that its backup has not stored; no checkpoint says more than
 * is stored. Knows the wire and the records that arrived, of connections with different client ports.
 */
final class StoredOracle implements World.PacketWatcher, RecordHandler {
    private static final int FIN = 1;
    private static final int SYN = 2;
    private static final int RST = 4;
    /** In a control block's snapshot, behind versions, flags and the local end. */
    private static final int SNAPSHOT_REMOTE_PORT = 4 + 16 + 4 + 8 + 8;

    /** One connection. */
    private static final class Conn {
        private final Ranges input = new Ranges();
        private long outputEnd;
        private long sndFin = Long.MAX_VALUE;
        private long readOffset;
        private long writeOffset;
        private int serverIsn;
    }

    private final int primary;
    private final BooleanSupplier isProtected;
    private final Map<Integer, Conn> byPort = new HashMap<>();
    private final Map<Long, Conn> byId = new HashMap<>();
    private String violation;
    /** Data segments that were checked. */
    int checked;
    int checkpoints;

    StoredOracle(final int primary, final BooleanSupplier isProtected) {
        this.primary = primary;
        this.isProtected = isProtected;
    }

    void verify() {
        if (violation != null) {
            throw new AssertionError("output commit: " + violation);
        }
    }

    private void check(final boolean holds, final String what) {
        if (!holds && violation == null) {
            violation = what;
        }
    }

    @Override
    public void onSent(final int host, final byte[] packet) {
        if (host != primary || packet[9] != 6 || !isProtected.getAsBoolean()) {
            return;
        }
        final ByteBuffer ip = ByteBuffer.wrap(packet);
        final int tcp = (packet[0] & 0xF) * 4;
        final Conn conn = byPort.get(ip.getInt(tcp) & 0xFFFF);
        if (conn == null) {
            return;
        }
        final int flags = packet[tcp + 13];
        final int seq = ip.getInt(tcp + 4);
        if ((flags & SYN) != 0) {
            conn.serverIsn = seq;
            return;
        }
        final int length = (ip.getShort(2) & 0xFFFF) - tcp - (packet[tcp + 12] >> 4 & 0xF) * 4;
        final long end = (long) seq - conn.serverIsn - 1 + length;
        if (length > 0) {
            checked++;
            check(end <= conn.outputEnd, "C2: sends up to " + end + ", stored is " + conn.outputEnd);
        }
        if ((flags & (FIN | RST)) == FIN) {
            check(conn.sndFin == end && conn.outputEnd >= end, "C3: FIN at " + end + ", stored is one at " + conn.sndFin
                + ", and output up to " + conn.outputEnd);
        }
    }

    @Override
    public void onOpened(final long sequence, final long connectionId, final int mode, final DirectBuffer buffer,
        final int offset, final int length) {
        final Conn conn = new Conn();
        byId.put(connectionId, conn);
        byPort.put(buffer.getInt(offset + SNAPSHOT_REMOTE_PORT, ByteOrder.LITTLE_ENDIAN), conn);
        check(mode == 3, "mode " + mode);
    }

    @Override
    public void onInput(final long sequence, final long connectionId, final long streamOffset, final DirectBuffer buffer,
        final int offset, final int length) {
        byId.get(connectionId).input.add(streamOffset, streamOffset + length);
    }

    @Override
    public void onProgress(final long sequence, final TcbProgress progress) {
        final Conn conn = byId.get(progress.connectionId);
        conn.sndFin = progress.sndFin;
        check(progress.sndFin == Long.MAX_VALUE || progress.sndFin <= conn.outputEnd,
            "an end at " + progress.sndFin + ", and output up to " + conn.outputEnd);
    }

    @Override
    public void onCheckpoint(final long sequence, final long connectionId, final long readOffset, final long writeOffset,
        final DirectBuffer buffer, final int offset, final int length) {
        final Conn conn = byId.get(connectionId);
        checkpoints++;
        check(readOffset <= conn.input.contiguous() && writeOffset <= conn.outputEnd, "a checkpoint at " + readOffset + " and "
            + writeOffset + ", stored is " + conn.input + " and " + conn.outputEnd);
        check(readOffset >= conn.readOffset && writeOffset >= conn.writeOffset, "a checkpoint goes back");
        conn.readOffset = readOffset;
        conn.writeOffset = writeOffset;
    }

    @Override
    public void onOutput(final long sequence, final long connectionId, final long streamOffset, final DirectBuffer buffer,
        final int offset, final int length) {
        final Conn conn = byId.get(connectionId);
        check(streamOffset == conn.outputEnd, "output at " + streamOffset + " after " + conn.outputEnd);
        conn.outputEnd = streamOffset + length;
    }

    @Override
    public void onEvent(final long sequence, final long connectionId, final long order, final int kind, final long value) {
        check(false, "a read, of which nobody needs to know");
    }

    @Override
    public void onAccepted(final long sequence, final long connectionId, final long order) {
        // Says nothing of bytes.
    }

    @Override
    public void onClosed(final long sequence, final long connectionId) {
        // Packets of a dead host are checked by the knowledge of that time.
    }

    @Override
    public void onChoice(final long sequence, final long connectionId, final int kind, final long value,
        final DirectBuffer buffer, final int offset, final int length) {
        check(false, "a choice, of which nobody needs to know");
    }

    @Override
    public void onSecrets(final long sequence, final DirectBuffer buffer, final int offset, final int length) {
        // The record belongs to no connection.
    }

    @Override
    public void onSynchronized(final long sequence) {
        // The channel's.
    }
}
