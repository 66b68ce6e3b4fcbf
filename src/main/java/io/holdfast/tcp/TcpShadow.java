package io.holdfast.tcp;

import io.holdfast.buffer.StreamBuffer;
import org.agrona.DirectBuffer;

/**
 * The image of a connection that lives on another host: follows that host's records, keeps what the server here writes until
 * the client has it, and makes of it a live connection when the other host is gone. It sends nothing and has no timers.
 * Shard's thread only.
 *
 * <p>What holds: bytes of the receive buffer up to the end of what came without gap are the client's, at their offsets. The
 * send buffer begins at or before what the client has acknowledged.
 */
public final class TcpShadow {
    private final TcpConnection connection;
    private final Tcb tcb;
    private final Sender sender;
    private final Receiver receiver;
    private final Output output;
    private final Handshake handshake;
    private final SegmentArrival arrival;
    /** The last that was told of the connection. */
    private final TcbProgress told = new TcbProgress();
    /** Only where the streams are is followed, not what is in them. */
    private boolean lost;

    TcpShadow(final TcpConnection connection, final Sender sender, final Receiver receiver, final Output output,
        final Handshake handshake, final SegmentArrival arrival, final int offeredShift) {
        this.connection = connection;
        this.tcb = connection.tcb;
        this.sender = sender;
        this.receiver = receiver;
        this.output = output;
        this.handshake = handshake;
        this.arrival = arrival;
        output.offeredShift = offeredShift;
        told.edgeLimit = tcb.rcvEdge;
        sender.inheritance = new Inheritance(tcb, sender.buffer, receiver.outOfOrder, connection.stack);
        sender.mss.negotiated(tcb.peerMss, tcb.timestamps);
        sender.mss.onWindow(tcb.maxSndWnd);
        receiver.acks.initialMss(Math.min(tcb.advMss, sender.mss.full()), tcb.rcvWnd);
        // Here, so that one that is half open at takeover has a window, too.
        receiver.window.fullyOpen();
        sender.buffer.free(Math.max(0, tcb.sndUna));
        receiver.buffer().free(Math.max(0, tcb.rcvNxt));
    }

    public TcpConnection connection() {
        return connection;
    }

    // --- what the other host tells ---

    /**
     * Bytes of the client, stored there. Where input is deferred, they are only counted.
     *
     * @return false, and nothing done, if the buffer is to hold no more, or there is no memory: {@link #defer} it
     */
    public boolean onInput(final long offset, final DirectBuffer buffer, final int at, final int length) {
        final long from = Math.max(offset, tcb.rcvNxt);
        final long to = offset + length;
        if (from >= to || tcb.readShut || tcb.finReceived()) {
            return true;
        }
        final boolean keeps = !lost && receiver.deferred == null;
        if (keeps && (receiver.buffer().size() >= connection.stack.config.deferredBytes
            || !receiver.buffer().put(from, buffer, at + (int) (from - offset), (int) (to - from)))) {
            return false;
        }
        if (from == tcb.rcvNxt) {
            tcb.rcvNxt = receiver.outOfOrder.isEmpty() ? to : receiver.outOfOrder.advance(to);
            if (keeps) {
                receiver.buffer().publish(tcb.rcvNxt);
            }
        } else {
            receiver.outOfOrder.add(from, to);
        }
        return true;
    }

    /**
     * Bytes that the server there wrote, stored here in place of a server's that would write them again.
     *
     * @return false if there is no memory for them
     */
    public boolean onOutput(final long offset, final DirectBuffer buffer, final int at, final int length) {
        final StreamBuffer out = sender.buffer;
        if (offset > out.tail()) {
            // What lies between was acknowledged, and had left the history when this host joined.
            out.free(offset);
        }
        final int known = (int) Math.min(length, out.tail() - offset);
        final int fresh = length - known;
        if (out.size() + fresh > out.capacity()) {
            out.capacity((int) Math.min(out.size() + (long) fresh, StreamBuffer.MAX_CAPACITY_BYTES));
        }
        final boolean whole = out.append(buffer, at + known, fresh) == fresh;
        told.sendLimit = Math.max(told.sendLimit, out.tail());
        return whole;
    }

    /** Lets go of what the client has, of the output stored here, also if it never came here. */
    public void releaseStored() {
        final StreamBuffer out = sender.buffer;
        final long to = Math.min(Math.max(0, tcb.sndUna), tcb.sndFin);
        if (to > out.tail()) {
            out.free(to);
        } else if (to > out.head()) {
            out.release(to);
        }
    }

    /** An application that goes on from a checkpoint needs no input before that offset: it counts as received, come or not. */
    public void onCheckpoint(final long readOffset) {
        if (readOffset > tcb.rcvNxt) {
            tcb.rcvNxt = receiver.outOfOrder.isEmpty() ? readOffset : receiver.outOfOrder.advance(readOffset);
        }
    }

    /** The application here begins to read at that offset. Before anybody reads, and before {@link #promote}. */
    public void readFrom(final long offset) {
        receiver.buffer().free(offset);
    }

    /**
     * The application here writes from that offset on. Before anybody writes; what is before it and not acknowledged is there.
     */
    public void writeFrom(final long offset) {
        if (sender.buffer.tail() != offset) {
            sender.buffer.free(offset);
        }
    }

    /** Input is stored elsewhere from now on, and comes through this as the application reads. */
    public DeferredInput defer() {
        final boolean held = receiver.deferred == null && !lost;
        receiver.deferred = new DeferredInput(connection, tcb, receiver, connection.stack.config.deferredBytes);
        if (held) {
            receiver.deferred.holds(receiver.outOfOrder);
        }
        return receiver.deferred;
    }

    /** The same, and the application begins to read at that offset: what came so far comes again. */
    public DeferredInput deferFrom(final long offset) {
        receiver.buffer().free(offset);
        receiver.deferred = new DeferredInput(connection, tcb, receiver, connection.stack.config.deferredBytes);
        return receiver.deferred;
    }

    /** The control block went on. Returns true if the connection was established by it. */
    public boolean onProgress(final TcbProgress p, final long nowNs) {
        final boolean opens = tcb.state == TcpState.SYN_RECEIVED && p.state != TcpState.SYN_RECEIVED.code()
            && p.state != TcpState.CLOSED.code();
        tcb.state = TcpState.ofCode(p.state);
        tcb.sndUna = Math.max(tcb.sndUna, p.sndUna);
        tcb.sndWnd = p.sndWnd;
        tcb.maxSndWnd = Math.max(tcb.maxSndWnd, p.sndWnd);
        tcb.sndFin = p.sndFin;
        tcb.rcvFin = p.rcvFin;
        tcb.readShut = (p.flags & TcbProgress.READ_SHUT) != 0;
        tcb.orphaned = (p.flags & TcbProgress.ORPHANED) != 0;
        if (tcb.readShut || p.rcvNxt > p.rcvFin) {
            tcb.rcvNxt = Math.max(tcb.rcvNxt, p.rcvNxt);
        }
        tcb.tsRecent = p.tsRecent;
        tcb.tsRecentNs = nowNs;
        tcb.tsOffset = p.tsOffset;
        told.edgeLimit = p.edgeLimit;
        told.sendLimit = p.sendLimit;
        told.checkpointOffset = p.checkpointOffset;
        told.checkpointHash = p.checkpointHash;
        sender.inheritance.onWritten(p.checkpointOffset);
        told.srttUs = p.srttUs;
        told.sndNxt = p.sndNxt;
        told.cwnd = p.cwnd;
        told.ssthresh = p.ssthresh;
        // The server here may write as far ahead of the client as the one there.
        mayHold(p.checkpointOffset - Math.max(0, p.sndUna));
        told.flags = p.flags;
        final int code = connection.error() != null ? 0 : p.flags >>> TcbProgress.ERROR_SHIFT;
        if (code > 0 && code <= TcpError.values().length) {
            connection.error(TcpError.values()[code - 1]);
        }
        if (opens) {
            connection.raise(TcpConnection.CONNECTED | TcpConnection.WRITABLE);
        }
        if (tcb.finAcknowledged()) {
            connection.raise(TcpConnection.FIN_ACKNOWLEDGED);
        }
        return opens;
    }

    /** The server there has written so far: the one here may, too, whatever the client has acknowledged. */
    public void onWritten(final long offset) {
        sender.inheritance.onWritten(offset);
        mayHold(offset - Math.max(0, tcb.sndUna));
    }

    private void mayHold(final long bytes) {
        if (bytes + bytes / 2 > sender.buffer.capacity()) {
            connection.replicated().lend((int) Math.min(bytes + bytes / 2, StreamBuffer.MAX_CAPACITY_BYTES));
        }
    }

    /** It will not go on here, whatever becomes of it there: the application here is told that it failed. */
    public void onLost() {
        lost = true;
        receiver.deferred = null;
        connection.error(TcpError.ABORTED);
        connection.raise(TcpConnection.CONNECTED | TcpConnection.FAILED);
    }

    /** It ended there, and will not go on here: the application here is told of the end of what it has. */
    public void onOver() {
        connection.raise(TcpConnection.CONNECTED | TcpConnection.READABLE | TcpConnection.WRITABLE
            | (tcb.finReceived() ? TcpConnection.PEER_CLOSED : 0)
            | (connection.error() != null ? TcpConnection.FAILED | TcpConnection.CLOSED : 0));
    }

    /** Up to here the output there and here can be compared; 0 if there is nothing to compare with. */
    public long checkpointOffset() {
        return told.checkpointOffset;
    }

    public long checkpointHash() {
        return told.checkpointHash;
    }

    /** There is nothing to carry on: it has ended, and owes the client nothing. */
    public boolean over() {
        return tcb.state == TcpState.CLOSED && (told.flags & TcbProgress.ABORTED) == 0;
    }

    /** The client has all, and has acknowledged the end of it: what a server would write again here, nobody would get. */
    public boolean settled() {
        return tcb.state == TcpState.CLOSED || tcb.state == TcpState.TIME_WAIT;
    }

    /** No byte at or after this was sent there. */
    public long sendLimit() {
        return told.sendLimit;
    }

    /** Where the server there closed, {@code Long.MAX_VALUE} if it did not. */
    public long closedAt() {
        return tcb.sndFin;
    }

    /** Lets go of what the client has, of what the server here has written. {@code limit}: no further than that. */
    public void swallow(final long limit) {
        final StreamBuffer buffer = sender.buffer;
        final long to = Math.min(Math.min(tcb.sndUna, buffer.tail()), limit);
        if (to > buffer.head()) {
            buffer.release(to);
            if (buffer.free() * 3L >= buffer.capacity()) {
                connection.raise(TcpConnection.WRITABLE);
            }
        }
    }

    // --- takeover ---

    /**
     * Goes on here. Speaks first: says what is acknowledged and the window, and sends again from the first byte that the
     * client may not have.
     *
     * @param tsShiftMs added to timestamps, so that they never go back across hosts (T1)
     * @param listener  who accepts it if it is not established yet; may be null
     */
    public void promote(final TcpListener listener, final int tsShiftMs, final long nowNs) {
        tcb.tsOffset += tsShiftMs;
        tcb.tsFloor = tcb.tsVal(nowNs);
        tcb.tsFloorSet = true;
        if (tcb.state == TcpState.SYN_RECEIVED) {
            promoteHalfOpen(listener, nowNs);
            return;
        }
        receive();
        send(nowNs);
        connection.live(nowNs);
        if ((told.flags & TcbProgress.ABORTED) != 0) {
            output.resetPending = true;
            output.aliveProbePending = true;
        } else if (tcb.state.isSynchronized() && tcb.state != TcpState.TIME_WAIT) {
            // In TIME-WAIT the peer speaks first, if it has not heard the end: most have, and would answer with a reset.
            receiver.acks.enterQuickMode(tcb.rcvWnd);
            receiver.acks.owesNow();
            // A window that is closed for all we know: asking is quicker than waiting for the timer.
            output.aliveProbePending = sender.hasUnsent() && tcb.sndWnd == 0;
        }
        if (tcb.finAcknowledged() && !finWasAcknowledged()) {
            arrival.onFinAcknowledged();
        }
    }

    /** The state says so already. */
    private boolean finWasAcknowledged() {
        return tcb.state == TcpState.FIN_WAIT_2 || tcb.state == TcpState.TIME_WAIT || tcb.state == TcpState.CLOSED;
    }

    private void promoteHalfOpen(final TcpListener listener, final long nowNs) {
        if (listener != null) {
            listener.adopt(connection);
        }
        tcb.sndNxt = 0;
        // It may have been established, and have told a window as the log allowed.
        receive();
        connection.live(nowNs);
        handshake.again(nowNs);
    }

    /** C4: the edge is not left of any that was told. */
    private void receive() {
        if (receiver.deferred != null) {
            receiver.deferred.onTakeover();
        }
        final long unit = 1L << tcb.rcvWindowShift;
        final long edge = Math.max(tcb.rcvNxt, told.edgeLimit + unit - 1);
        tcb.rcvWup = tcb.rcvNxt;
        tcb.rcvWnd = Math.min(edge - tcb.rcvNxt, 65_535L << tcb.rcvWindowShift);
        tcb.rcvEdge = edge;
        tcb.lastAckSent = tcb.rcvNxt;
    }

    /** T2: acknowledgements of what was sent there are good here. */
    private void send(final long nowNs) {
        final StreamBuffer buffer = sender.buffer;
        final long acknowledged = Math.max(0, tcb.sndUna);
        final boolean closed = tcb.sndFin != Tcb.NO_OFFSET;
        final long whole = sender.writtenAgain();
        final long una = Math.min(acknowledged, whole == tcb.sndFin ? whole + 1 : whole);
        sender.release(Math.max(buffer.head(), Math.min(una, whole)));
        tcb.sndInherited = closed ? tcb.sndFin + 1 : Math.max(acknowledged, told.sendLimit);
        connection.replicated().inherits(Math.max(told.checkpointOffset, closed ? tcb.sndFin : 0));
        tcb.sndSwallow = acknowledged;
        tcb.sndWnd += acknowledged - una;
        tcb.sndUna = una;
        // Its server here is where the client is, and the other host has said what is on its way.
        final long nxt = una < acknowledged ? una : Math.max(una, Math.min(told.sndNxt, whole));
        tcb.sndNxt = nxt;
        tcb.sndSmall = nxt;
        tcb.sndWl1 = tcb.rcvNxt;
        tcb.sndWl2 = una;
        sender.lastAckNs = nowNs;
        if (told.srttUs > 0) {
            sender.recovery.onHandshakeRtt(told.srttUs * 1_000L, nowNs);
        }
        sender.congestion.initialize(connection.stack.config.initialCwndSegments);
        sender.recovery.onEstablished(sender.mss.full(), tcb.sack, tcb.timestamps, una, nowNs);
        if (closed) {
            sender.recovery.finOffset(tcb.sndFin);
        }
        if (nxt > una) {
            // The same path, and its queue is as full as it was: nobody has to find out again.
            sender.congestion.cwnd(told.cwnd);
            sender.congestion.ssthresh(Math.max(told.ssthresh, 2));
            sender.recovery.onInherited(nxt, tcb.tsVal(nowNs), nowNs - told.srttUs * 1_000L, nowNs);
        }
        output.establishedMss();
    }
}
