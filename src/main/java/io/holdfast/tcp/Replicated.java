package io.holdfast.tcp;

import io.holdfast.counters.Counters;
import io.holdfast.counters.TcpCounter;
import org.agrona.MutableDirectBuffer;

/**
 * What replication does with one connection. On the host that leads, output waits for the backup ({@link OutputCommit},
 * {@link StoredRanges}), input is recorded ({@link InputTap}), and the control block is read. On the host that has taken over,
 * the application is kept from the end of the stream until it has done again what it did on the host before. Shard's thread only.
 */
public final class Replicated {
    private final Tcb tcb;
    private final Sender sender;
    private final Receiver receiver;
    private final Output output;
    private final SegmentArrival arrival;
    private final Lifecycle life;
    private final Counters counters;
    /** The connection lives on another host; this one follows, and is silent. */
    private boolean follows;
    /** The application of the host before this one wrote up to there; 0 if there was none. */
    private long inherited;
    private boolean timeWaitHeld;

    Replicated(final Tcb tcb, final Sender sender, final Receiver receiver, final Output output, final SegmentArrival arrival,
        final Lifecycle life, final Counters counters) {
        this.tcb = tcb;
        this.sender = sender;
        this.receiver = receiver;
        this.output = output;
        this.arrival = arrival;
        this.life = life;
        this.counters = counters;
    }

    // --- the image on a backup (TcpConnection, TcpShadow) ---

    /** The connection lives on another host. */
    boolean follows() {
        return follows;
    }

    void follow(final boolean value) {
        follows = value;
    }

    /** The image's application may write so many bytes ahead of the peer, as the one on the host that leads does. */
    void lend(final int bytes) {
        sender.lend(bytes);
    }

    /** The application here is to write up to that offset again before it ends the stream. */
    void inherits(final long written) {
        inherited = written;
        sender.takeBackFrom(written);
    }

    /** The application here has yet to write again what it wrote on another host. */
    boolean lacksOutput() {
        return sender.buffer.tail() < inherited;
    }

    /** The application here has yet to read or write again what it did on another host: it must not hear of the end before. */
    boolean isBehind() {
        return lacksOutput() || receiver.deferred != null;
    }

    /** Of these events, those that the application may be told of now. */
    int pass(final int events) {
        int told = events;
        if ((events & ConnectionEvents.TIME_WAIT) != 0 && isBehind()) {
            timeWaitHeld = true;
            told &= ~ConnectionEvents.TIME_WAIT;
        }
        return receiver.deferred == null ? told : receiver.deferred.pass(told, follows);
    }

    /** See {@link Lifecycle#tellHeldTimeWait}. */
    void tellHeldTimeWait() {
        if (timeWaitHeld && !isBehind()) {
            timeWaitHeld = false;
            life.raise(ConnectionEvents.TIME_WAIT);
        }
    }

    /** The application wrote, or ended its stream: the peer may have had these bytes from the host before this one. */
    void swallow(final long nowNs) {
        if (tcb.sndSwallow <= tcb.sndUna) {
            return;
        }
        final boolean finWasAcknowledged = tcb.finAcknowledged();
        sender.swallow(nowNs);
        life.raise(ConnectionEvents.WRITABLE);
        if (tcb.finAcknowledged() && !finWasAcknowledged) {
            arrival.onFinAcknowledged();
        }
    }

    // --- a takeover ---

    /** Bytes from this offset on are not to be let go of yet, although the peer may have them from another host. */
    public void releasable(final long end) {
        sender.releasable = end;
    }

    /** The connection lives here now: its application is told of everything that it may have waited for. */
    public void onPromoted() {
        if (!tcb.state.isSynchronized()) {
            return;
        }
        life.raise(ConnectionEvents.CONNECTED | ConnectionEvents.WRITABLE);
        if (receiver.buffer().size() > 0) {
            life.raise(ConnectionEvents.READABLE);
        }
        if (tcb.finReceived()) {
            life.raise(ConnectionEvents.READABLE | ConnectionEvents.PEER_CLOSED);
        }
        if (tcb.state == TcpState.TIME_WAIT) {
            life.raise(ConnectionEvents.TIME_WAIT);
        }
    }

    /** The peer may have had from the host before this one what the application here will not write again. */
    public void breakOff() {
        if (!tcb.state.isSynchronized() || tcb.state == TcpState.TIME_WAIT) {
            life.finish();
            return;
        }
        counters.increment(TcpCounter.INHERITANCE_BROKEN);
        output.resetPending = true;
        life.fail(TcpError.ABORTED);
    }

    // --- what the recorder is told of, and told first ---

    /** Who is told of every byte taken in; null for nobody. */
    public void inputTap(final InputTap tap) {
        receiver.tap = tap;
    }

    /** Done before bytes of the send buffer are let go of; null for nothing. */
    public void beforeRelease(final Runnable value) {
        sender.beforeRelease = value;
    }

    /** A snapshot for {@link TcpStack#restore}: {@link TcbSnapshot#LENGTH} bytes. Returns their number. */
    public int snapshot(final MutableDirectBuffer buffer, final int offset) {
        return new TcbSnapshot().encode(tcb, buffer, offset);
    }

    /** Fills in what a backup is told of; not {@code connectionId}, limits and checkpoint. */
    public void progress(final TcbProgress into) {
        final TcpError error = life.error();
        into.state = tcb.state.code();
        into.sndUna = tcb.sndUna;
        into.sndWnd = tcb.sndWnd;
        into.rcvNxt = tcb.rcvNxt;
        into.rcvFin = tcb.rcvFin;
        into.sndFin = tcb.sndFin;
        into.tsRecent = tcb.tsRecent;
        into.tsOffset = tcb.tsOffset;
        into.srttUs = (int) (sender.rtt.srttNs() / 1_000);
        into.flags = (tcb.orphaned ? TcbProgress.ORPHANED : 0) | (tcb.readShut ? TcbProgress.READ_SHUT : 0)
            | (output.resetPending ? TcbProgress.ABORTED : 0)
            | (error == null ? 0 : error.ordinal() + 1 << TcbProgress.ERROR_SHIFT);
    }

    /** Tells the backup, besides, where sending stands: at a planned switchover, when nothing is sent any more. */
    public void sending(final TcbProgress into) {
        into.sndNxt = tcb.sndNxt;
        into.cwnd = sender.congestion.cwnd();
        into.ssthresh = sender.congestion.ssthresh();
    }

    /** Next offset expected, a FIN included. */
    public long receivedEnd() {
        return tcb.rcvNxt;
    }

    /** First offset not acknowledged. */
    public long acknowledgedEnd() {
        return tcb.sndUna;
    }

    /** Right edge of the window that would be told now, or was told. */
    public long windowEdge() {
        return Math.max(tcb.rcvWup + tcb.rcvWnd, tcb.rcvNxt + receiver.selectWindow());
    }

    /** How much the receive buffer may hold, bytes. */
    public int receiveSpace() {
        return receiver.window.space();
    }

    // --- output commit ---

    /** Output waits for the backup from now on; what was said so far, has been said. {@code edge}: the highest that may be. */
    public void gate(final long edge) {
        final boolean opened = tcb.state != TcpState.SYN_RECEIVED || tcb.sndNxt > Tcb.SYN_OFFSET;
        sender.commit.gate(tcb.rcvNxt, sender.buffer.tail(), edge, (opened ? OutputCommit.OPENED : 0) | ends());
        if (tcb.sack && receiver.stored == null) {
            receiver.stored = new StoredRanges();
            if (!receiver.outOfOrder.isEmpty()) {
                receiver.stored.onChange();
            }
        }
    }

    /**
     * Everything known so far is in the log up to {@code sequence}, and what bytes written up to {@code tail} depend
     * on: see {@link OutputCommit#mark}.
     */
    public void mark(final long sequence, final long committed, final long tail, final long edge) {
        if (!sender.commit.gated()) {
            return;
        }
        sender.commit.mark(sequence, committed, tcb.rcvNxt, tail, edge, OutputCommit.OPENED | ends());
        if (receiver.stored != null && tcb.readShut) {
            // Nobody has the bytes, so none ahead of a gap may be reported.
            receiver.stored.clear();
        } else if (receiver.stored != null) {
            receiver.stored.mark(sequence, committed, receiver.outOfOrder);
        }
    }

    private int ends() {
        return (tcb.sndFin != Tcb.NO_OFFSET ? OutputCommit.CLOSED : 0) | (output.owesReset() ? OutputCommit.ABORTED : 0);
    }

    /** The backup has stored the log up to there: what waited may leave with the next {@link TcpConnection#pollTransmit}. */
    public void onCommitted(final long committed) {
        sender.commit.onCommitted(committed);
        if (receiver.stored != null && receiver.stored.onCommitted(committed)) {
            receiver.acks.owesNow();
        }
    }

    /** Something waits for the backup: {@link #onCommitted} is wanted. */
    public boolean waitsForBackup() {
        return sender.commit.waits() || receiver.stored != null && receiver.stored.newsHeld();
    }
}
