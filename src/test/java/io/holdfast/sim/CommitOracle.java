package io.holdfast.sim;

import io.holdfast.replay.EventKind;
import io.holdfast.replication.log.RecordDecoder;
import io.holdfast.replication.log.RecordHandler;
import io.holdfast.tcp.TcbProgress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Watches a primary's packets against what its backup has stored at that moment (O1, O4, and C1 to C5 of the replication
 * contract). Knows three things only: the wire, the records that arrived, and what the primary's applications read and wrote,
 * in their order.
 */
final class CommitOracle implements World.PacketWatcher, RecordHandler, Conduit.Watcher {
    private static final int FIN = 1;
    private static final int SYN = 2;
    private static final int RST = 4;
    private static final int SNAPSHOT_REMOTE_ADDRESS = 4 + 16 + 4 + 8;
    private static final int SNAPSHOT_REMOTE_PORT = SNAPSHOT_REMOTE_ADDRESS + 8;
    private static final long NONE = Long.MAX_VALUE;

    /** Everything about one connection. Offsets: 0 is the first byte of data. */
    private static final class Conn {
        // The wire.
        private int clientIsn;
        private int serverIsn;
        private int serverShift;
        private int clientShift = -1;
        private boolean scaled;
        private boolean clientFin;
        private boolean clientReset;
        private boolean serverFin;
        /** Bytes that earlier hosts have sent: they may be sent again, whenever the server on this host wrote them. */
        private long sentBefore;
        // The backup.
        private boolean opened;
        private boolean gone;
        private boolean forgotten;
        private final Ranges input = new Ranges();
        private long readShutTo = -1;
        private long rcvFin = NONE;
        private long sndFin = NONE;
        private long edgeLimit = -1;
        private long sendLimit = -1;
        private boolean ended;
        private long reads;
        private boolean endRead;
        // The application on the primary.
        private long appRead;
        private long appWritten;
        /** End of each write, and how many reads of any connection came before. */
        private final List<long[]> writes = new ArrayList<>();

        private long stored() {
            return Math.max(input.contiguous(), readShutTo);
        }
    }

    private record Read(Conn conn, long total, boolean end) {
        boolean stored() {
            // The backup does not hear of connections that were over before it joined.
            return conn.forgotten || conn.input.contiguous() >= total && (end ? conn.endRead && conn.rcvFin != NONE : conn.reads >= total);
        }
    }

    private final int primary;
    private final int service;
    private final Map<Long, Conn> byClient = new HashMap<>();
    private final Map<Long, Conn> byId = new HashMap<>();
    private final List<Read> reads = new ArrayList<>();
    private int readsStored;
    private final RecordDecoder decoder = new RecordDecoder();
    private boolean off;
    private String violation;
    /** SYN-ACKs may leave before anything is stored. */
    boolean cookies;

    CommitOracle(final int primary, final int service) {
        this.primary = primary;
        this.service = service;
    }

    /** There is only one host any more. */
    void off() {
        off = true;
    }

    /** From now on, output waits for the backup. */
    void on() {
        off = false;
    }

    /** Another backup, which has nothing yet. */
    void newBackup() {
        byId.clear();
        readsStored = 0;
        for (final Conn conn : byClient.values()) {
            conn.input.clear();
            conn.opened = false;
            conn.gone = false;
            conn.ended = false;
            conn.readShutTo = -1;
            conn.rcvFin = NONE;
            conn.sndFin = NONE;
            conn.edgeLimit = -1;
            conn.sendLimit = -1;
            conn.reads = 0;
            conn.endRead = false;
        }
    }

    /** Throws what was wrong first. */
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

    // --- the primary's applications ---

    private Conn of(final Conduit conduit) {
        final InetSocketAddress client = conduit.socket.remoteAddress();
        return byClient.get(key(ByteBuffer.wrap(client.getAddress().getAddress()).getInt(), client.getPort()));
    }

    @Override
    public void onRead(final Conduit conduit, final int bytes) {
        final Conn conn = of(conduit);
        conn.appRead += Math.max(0, bytes);
        reads.add(new Read(conn, conn.appRead, bytes < 0));
    }

    @Override
    public void onWrite(final Conduit conduit) {
        of(conduit).writes.add(new long[] {NONE, reads.size()});
    }

    @Override
    public void onWrote(final Conduit conduit, final int bytes) {
        final Conn conn = of(conduit);
        conn.appWritten += bytes;
        if (bytes > 0) {
            conn.writes.get(conn.writes.size() - 1)[0] = conn.appWritten;
        } else {
            conn.writes.remove(conn.writes.size() - 1);
        }
    }

    // --- the wire ---

    private static long key(final int address, final int port) {
        return (long) address << 16 | port;
    }

    @Override
    public void onSent(final int host, final byte[] packet) {
        if (packet[0] >> 4 != 4 || packet[9] != 6) {
            return;
        }
        final ByteBuffer ip = ByteBuffer.wrap(packet);
        final int tcp = (packet[0] & 0xF) * 4;
        final int ports = ip.getInt(tcp);
        final int flags = packet[tcp + 13];
        if (ip.getInt(16) == service) {
            final long client = key(ip.getInt(12), ports >>> 16);
            if ((flags & SYN) != 0) {
                onClientSyn(client, ip, tcp);
            } else if ((flags & (FIN | RST)) != 0 && byClient.get(client) != null) {
                byClient.get(client).clientFin |= (flags & FIN) != 0;
                byClient.get(client).clientReset |= (flags & RST) != 0;
            }
        } else if (ip.getInt(12) == service) {
            final Conn conn = byClient.get(key(ip.getInt(16), ports & 0xFFFF));
            if (conn != null) {
                learn(conn, ip, tcp, flags);
                if (host != primary) {
                    final long start = ip.getInt(tcp + 4) - (conn.serverIsn + 1);
                    conn.sentBefore = Math.max(conn.sentBefore, start + length(ip, tcp));
                }
                if (!off && host == primary) {
                    onServerSegment(conn, ip, tcp, flags);
                }
            }
        }
    }

    private static int length(final ByteBuffer ip, final int tcp) {
        return (ip.getShort(2) & 0xFFFF) - tcp - (ip.get(tcp + 12) >> 4 & 0xF) * 4;
    }

    /** From whichever host. */
    private void learn(final Conn conn, final ByteBuffer ip, final int tcp, final int flags) {
        conn.serverFin |= (flags & FIN) != 0;
        if ((flags & SYN) != 0) {
            conn.serverIsn = ip.getInt(tcp + 4);
            final int shift = option(ip, tcp, 3);
            conn.scaled = shift >= 0 && conn.clientShift >= 0;
            conn.serverShift = conn.scaled ? shift : 0;
        }
    }

    private void onClientSyn(final long client, final ByteBuffer ip, final int tcp) {
        final int isn = ip.getInt(tcp + 4);
        final Conn known = byClient.get(client);
        if (known == null || known.clientIsn != isn) {
            final Conn conn = new Conn();
            conn.clientIsn = isn;
            conn.clientShift = option(ip, tcp, 3);
            byClient.put(client, conn);
        }
    }

    private void onServerSegment(final Conn conn, final ByteBuffer ip, final int tcp, final int flags) {
        final int seq = ip.getInt(tcp + 4);
        final int ack = ip.getInt(tcp + 8);
        if ((flags & RST) != 0) {
            check(!conn.opened || conn.ended || conn.gone || conn.clientReset
                || conn.clientFin && conn.serverFin,
                "O4: a reset, and the backup knows of no end");
            return;
        }
        if ((flags & SYN) != 0) {
            check(conn.opened || cookies, "H1: a SYN-ACK for a connection that the backup does not know");
            return;
        }
        final int header = (ip.get(tcp + 12) >> 4 & 0xF) * 4;
        final int length = (ip.getShort(2) & 0xFFFF) - tcp - header;
        final long acked = ack - (conn.clientIsn + 1);
        checkAck(conn, acked, (ip.getShort(tcp + 14) & 0xFFFFL) << conn.serverShift);
        checkSack(conn, ip, tcp, header, acked);
        final long start = seq - (conn.serverIsn + 1);
        if (length > 0) {
            checkData(conn, start + length);
        }
        if ((flags & FIN) != 0) {
            check(conn.sndFin == start + length, "C3: FIN at " + (start + length) + ", stored is " + conn.sndFin);
        }
    }

    private void checkAck(final Conn conn, final long acked, final long window) {
        final long stored = conn.stored();
        check(acked <= stored || conn.rcvFin == stored && acked == stored + 1,
            "O1: acknowledges " + acked + ", stored is " + stored + " and a FIN at " + conn.rcvFin);
        final long unit = 1L << conn.serverShift;
        check(conn.edgeLimit < 0 || acked + window <= conn.edgeLimit + unit - 1,
            "C4: edge " + (acked + window) + ", the log allows " + conn.edgeLimit);
    }

    private void checkSack(final Conn conn, final ByteBuffer ip, final int tcp, final int header, final long acked) {
        int at = tcp + 20;
        while (at < tcp + header && ip.get(at) != 0) {
            if (ip.get(at) == 5) {
                for (int i = at + 2; i < at + ip.get(at + 1); i += 8) {
                    final long start = ip.getInt(i) - (conn.clientIsn + 1);
                    final long end = ip.getInt(i + 4) - (conn.clientIsn + 1);
                    final long dataEnd = conn.rcvFin != NONE && end == conn.rcvFin + 1 ? conn.rcvFin : end;
                    check(end <= acked || start >= dataEnd || conn.input.contains(start, dataEnd),
                        "C5: reports " + start + "-" + end + ", stored is " + conn.input);
                }
            }
            at += ip.get(at) == 1 ? 1 : ip.get(at + 1);
        }
    }

    private void checkData(final Conn conn, final long end) {
        check(conn.sendLimit < 0 || end <= conn.sendLimit, "T2: sends up to " + end + ", the log allows " + conn.sendLimit);
        if (end <= conn.sentBefore) {
            return;
        }
        int low = 0;
        int high = conn.writes.size() - 1;
        while (low < high) {
            final int middle = low + high >>> 1;
            if (conn.writes.get(middle)[0] >= end) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        final long needs = conn.writes.get(low)[1];
        advance();
        check(needs <= readsStored, "C2: bytes up to " + end + " came after " + needs + " reads, stored are " + readsStored);
    }

    private static int option(final ByteBuffer ip, final int tcp, final int kind) {
        final int end = tcp + (ip.get(tcp + 12) >> 4 & 0xF) * 4;
        int at = tcp + 20;
        while (at < end && ip.get(at) != 0) {
            if (ip.get(at) == kind) {
                return ip.get(at + 2);
            }
            at += ip.get(at) == 1 ? 1 : ip.get(at + 1);
        }
        return -1;
    }

    // --- the records that the backup has ---

    void stored(final List<byte[]> records) {
        for (final byte[] record : records) {
            decoder.decode(new UnsafeBuffer(record), 0, record.length, 0, this);
        }
    }

    /** Also what an application reads again is stored already. */
    private void advance() {
        while (readsStored < reads.size() && reads.get(readsStored).stored()) {
            readsStored++;
        }
    }

    @Override
    public void onOpened(final long sequence, final long connectionId, final int mode, final DirectBuffer buffer,
        final int offset, final int length) {
        final int address = (int) buffer.getLong(offset + SNAPSHOT_REMOTE_ADDRESS, ByteOrder.LITTLE_ENDIAN);
        final int port = buffer.getInt(offset + SNAPSHOT_REMOTE_PORT, ByteOrder.LITTLE_ENDIAN);
        final Conn conn = byClient.get(key(address, port));
        conn.opened = true;
        byId.put(connectionId, conn);
    }

    @Override
    public void onInput(final long sequence, final long connectionId, final long streamOffset, final DirectBuffer buffer,
        final int offset, final int length) {
        byId.get(connectionId).input.add(streamOffset, streamOffset + length);
    }

    @Override
    public void onProgress(final long sequence, final TcbProgress p) {
        final Conn conn = byId.get(p.connectionId);
        conn.rcvFin = p.rcvFin;
        conn.sndFin = p.sndFin;
        conn.edgeLimit = p.edgeLimit;
        conn.sendLimit = p.sendLimit;
        if ((p.flags & TcbProgress.READ_SHUT) != 0) {
            conn.readShutTo = p.rcvNxt > p.rcvFin ? p.rcvFin : p.rcvNxt;
        }
        conn.ended = (p.flags & TcbProgress.ABORTED) != 0 || p.flags >>> TcbProgress.ERROR_SHIFT != 0;
    }

    @Override
    public void onEvent(final long sequence, final long connectionId, final long order, final int kind, final long value) {
        final Conn conn = byId.get(connectionId);
        // The application on this host may go on reading a connection that was over before the backup joined.
        if (conn != null) {
            conn.reads += kind == EventKind.READ ? value : 0;
            conn.endRead |= kind == EventKind.END;
        }
    }

    @Override
    public void onAccepted(final long sequence, final long connectionId, final long order) {
        check(byId.containsKey(connectionId), "accepted before it was opened");
    }

    @Override
    public void onClosed(final long sequence, final long connectionId) {
        byId.get(connectionId).gone = true;
    }

    @Override
    public void onChoice(final long sequence, final long connectionId, final int kind, final long value,
        final DirectBuffer buffer, final int offset, final int length) {
    }

    @Override
    public void onSecrets(final long sequence, final DirectBuffer buffer, final int offset, final int length) {
    }

    @Override
    public void onCheckpoint(final long sequence, final long connectionId, final long readOffset, final long writeOffset,
        final DirectBuffer buffer, final int offset, final int length) {
    }

    @Override
    public void onOutput(final long sequence, final long connectionId, final long streamOffset, final DirectBuffer buffer,
        final int offset, final int length) {
    }

    @Override
    public void onSynchronized(final long sequence) {
        byClient.values().forEach(conn -> conn.forgotten |= !conn.opened);
    }
}
