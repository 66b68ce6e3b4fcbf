package io.holdfast.tcp;

import io.holdfast.buffer.StreamBuffer;
import io.holdfast.counters.TcpCounter;
import io.holdfast.tcp.congestion.CongestionControl;
import io.holdfast.tcp.congestion.CongestionControls;
import io.holdfast.tcp.recovery.LossRecovery;
import io.holdfast.tcp.recovery.RttEstimator;
import io.holdfast.util.Deadline;
import io.holdfast.wire.TcpSegment;
import org.agrona.MutableDirectBuffer;

/**
 * One connection: its parts wired together, its life, and the application's verbs. What arrives goes to {@link Handshake},
 * {@link SegmentArrival} or {@link TimeWait}; what leaves comes from {@link Output}. Every method is for the thread that
 * runs the shard, except that the application's side of {@link #sendBuffer()} (append) and {@link #receiveBuffer()}
 * (read, release) is the application's. After any verb the owner asks {@link #takeEvents()}, {@link #transmitPending()}
 * and {@link #nextDeadlineNs()}.
 */
public final class TcpConnection implements Handshake.Whole, ConnectionEvents {
    private static final long MS = 1_000_000L;
    /** Timeouts in a row after which a path is suspected to swallow large packets (Linux's tcp_retries1). */
    private static final int BLACK_HOLE_TIMEOUTS = 3;
    private static final int BLACK_HOLE_MSS = 1_024;
    private static final int BLACK_HOLE_MIN_MSS = 512;

    final TcpStack stack;
    final Tcb tcb;
    final TcpOptions options = new TcpOptions();
    /** Who will accept it; null for an active open, and once accepted. */
    TcpListener listener;

    private final Timers timers = new Timers();
    private final Sender sender;
    private final Receiver receiver;
    private final Output output;
    private final Handshake handshake;
    private final SegmentArrival arrival;
    private final TimeWait timeWait;
    private final Probes probes;
    /** TCP_QUICKACK as it was last acted on: other options must not end ping-pong mode. */
    private boolean quickAckApplied = true;
    private int flushesApplied;
    private TcpError error;
    /** What ICMP last said; the reason given if the connection times out. */
    private TcpError softError;
    private int events;
    private boolean closeReported;
    private long nowNs;
    /** It lives on another host; this one follows, and is silent. */
    private boolean shadow;
    private boolean orphanCounted;
    private Object owner;
    /** The application of the host before this one wrote so much; 0 if there was none. */
    private long inherited;
    private boolean timeWaitHeld;

    TcpConnection(final TcpStack stack, final ConnectionId id, final TcpOptions options) {
        this(stack, new Tcb(id), options);
    }

    TcpConnection(final TcpStack stack, final Tcb tcb, final TcpOptions options) {
        this.stack = stack;
        this.options.copyFrom(options);
        flushesApplied = options.flushes;
        this.tcb = tcb;
        final ConnectionId id = tcb.id;
        final TcpConfig config = stack.config;
        final int sendBytes = options.sendBufferBytes > 0 ? options.sendBufferBytes : config.sendBufferBytes;
        final StreamBuffer sendBuffer = new StreamBuffer(stack.pool, sendBytes);
        final RttEstimator rtt = new RttEstimator(config.minRtoMs * MS);
        final CongestionControl congestion = CongestionControls.create(
            options.congestion != null ? options.congestion : config.congestion);
        final LossRecovery recovery = new LossRecovery(congestion, rtt);
        recovery.slowStartAfterIdle(config.slowStartAfterIdle);
        recovery.initialWindow(config.initialCwndSegments);
        recovery.listener(stack.recoveryCounters);
        final Mss mss = new Mss(stack.pathMss(id.remoteAddress()), options.maxSegment, config.minMss);
        sender = new Sender(tcb, sendBuffer, rtt, congestion, recovery, mss, config.sendBufferMaxBytes,
            options.sendBufferBytes == 0, stack.counters);

        // As Linux: half of the receive buffer is window, the rest would be overhead.
        final boolean tuned = options.receiveBufferBytes == 0;
        final int space = (tuned ? config.receiveBufferBytes : options.receiveBufferBytes) / 2;
        final int maxSpace = tuned ? Math.max(space, config.receiveBufferMaxBytes / 2) : space;
        final StreamBuffer receiveBuffer = new StreamBuffer(stack.pool, space);
        receiver = new Receiver(tcb, receiveBuffer, new AckPolicy(config.delayedAck),
            new ReceiveWindow(space, maxSpace, tuned), stack.counters);
        if (!options.quickAck) {
            receiver.acks.quickAck(false);
        }

        output = new Output(tcb, sender, receiver, this.options, stack, timers);
        handshake = new Handshake(this, tcb, this.options, stack, sender, receiver, output, timers);
        arrival = new SegmentArrival(tcb, sender, receiver, output, timers, stack, this);
        timeWait = new TimeWait(tcb, receiver, timers, stack, this);
        probes = new Probes(stack, tcb, sender, receiver, output, timers, this.options);
    }

    // --- birth (TcpStack, TcpListener) ---

    void open(final long now) {
        nowNs = now;
        stack.counters.increment(TcpCounter.ACTIVE_OPENS);
        handshake.begin(stack.isn(tcb.id, now), stack.timestampOffset(tcb.id), now);
    }

    void answer(final TcpListener parent, final int iss, final TcpSegment syn, final long now) {
        nowNs = now;
        listener = parent;
        stack.counters.increment(TcpCounter.PASSIVE_OPENS);
        handshake.answer(iss, stack.timestampOffset(tcb.id), syn, now);
    }

    /** Born from a cookie: {@code syn} is what the client's SYN said. The segment that brought it back is to follow. */
    void resume(final TcpListener parent, final int iss, final TcpSegment syn, final long now) {
        nowNs = now;
        listener = parent;
        handshake.resume(iss, stack.timestampOffset(tcb.id), syn, now);
    }

    // --- replication ---

    /** Makes this the image of a connection that lives on another host. */
    TcpShadow shadow(final int snapshotShift) {
        shadow = true;
        return new TcpShadow(this, sender, receiver, output, handshake, arrival, snapshotShift);
    }

    /** It lives on another host. */
    boolean follows() {
        return shadow;
    }

    /** The other host is gone: this one goes on. */
    void live(final long now) {
        nowNs = now;
        shadow = false;
        recountOrphan();
        countEstablished(TcpState.CLOSED, tcb.state);
        if (tcb.state == TcpState.TIME_WAIT) {
            timeWait.begin(now);
        } else if (tcb.state == TcpState.FIN_WAIT_2 && tcb.orphaned) {
            orphanInFinWait2();
        }
        probes.onOptionsChanged(now);
    }

    boolean isShadow() {
        return shadow;
    }

    /** Bytes from this offset on are not to be let go of yet, although the peer may have them from another host. */
    public void releasable(final long end) {
        sender.releasable = end;
    }

    /** The application here is to write so much again before it ends the stream. */
    void inherits(final long written) {
        inherited = written;
    }

    void error(final TcpError value) {
        error = value;
    }

    /** What may leave; see the replication contract. */
    public OutputCommit commit() {
        return sender.commit;
    }

    /** A client came to us; false for a connection that this side opened. */
    public boolean passive() {
        return listener != null;
    }

    /** It lives here now: its application is told of everything that it may have waited for. */
    public void onPromoted() {
        if (tcb.state.isSynchronized()) {
            raise(CONNECTED | WRITABLE);
            if (receiver.buffer().size() > 0) {
                raise(READABLE);
            }
            if (tcb.finReceived()) {
                raise(READABLE | PEER_CLOSED);
            }
            if (tcb.state == TcpState.TIME_WAIT) {
                raise(TIME_WAIT);
            }
        }
    }

    /** Whatever the table keeps it in. */
    public void owner(final Object value) {
        owner = value;
    }

    public Object owner() {
        return owner;
    }

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

    /** Output waits for the backup from now on; what was said so far, has been said. {@code edge}: the highest that may be. */
    public void gate(final long edge) {
        final boolean opened = tcb.state != TcpState.SYN_RECEIVED || tcb.sndNxt > Tcb.SYN_OFFSET;
        sender.commit.gate(tcb.rcvNxt, sender.buffer.tail(), edge, (opened ? OutputCommit.OPENED : 0)
            | (tcb.sndFin != Tcb.NO_OFFSET ? OutputCommit.CLOSED : 0) | (output.owesReset() ? OutputCommit.ABORTED : 0));
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
        if (sender.commit.gated()) {
            sender.commit.mark(sequence, committed, tcb.rcvNxt, tail, edge, OutputCommit.OPENED
                | (tcb.sndFin != Tcb.NO_OFFSET ? OutputCommit.CLOSED : 0)
                | (output.owesReset() ? OutputCommit.ABORTED : 0));
            if (receiver.stored != null && tcb.readShut) {
                // Nobody has the bytes, so none ahead of a gap may be reported.
                receiver.stored.clear();
            } else if (receiver.stored != null) {
                receiver.stored.mark(sequence, committed, receiver.outOfOrder);
            }
        }
    }

    /** The backup has stored the log up to there: what waited for it may leave with the next {@link #pollTransmit}. */
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

    public ConnectionId id() {
        return tcb.id;
    }

    public TcpState state() {
        return tcb.state;
    }

    // --- the shard's verbs ---

    /** A segment for this connection arrived; its payload is copied before this returns. */
    public void onSegment(final TcpSegment segment, final long now) {
        nowNs = now;
        stack.counters.add(TcpCounter.IN_SEGS, segment.wireSegments);
        if (shadow) {
            return;
        }
        switch (tcb.state) {
            case CLOSED, LISTEN -> {
            }
            case SYN_SENT -> handshake.onSegmentInSynSent(segment, now);
            case SYN_RECEIVED -> {
                if (handshake.onSegmentInSynReceived(segment, now)) {
                    arrival.onSegment(segment, now);
                }
            }
            case TIME_WAIT -> timeWait.onSegment(segment, now);
            default -> arrival.onSegment(segment, now);
        }
    }

    public void onTimer(final long now) {
        nowNs = now;
        if (tcb.state == TcpState.CLOSED || shadow) {
            return;
        }
        if (timers.expired(Timers.Kind.HANDSHAKE, now) && !handshake.onTimer(now)) {
            stack.counters.increment(TcpCounter.ATTEMPT_FAILS);
            fail(TcpError.TIMED_OUT);
            return;
        }
        if (Deadline.expired(receiver.acks.deadlineNs(), now) && receiver.acks.onTimer(sender.rtt.rtoNs())) {
            stack.counters.increment(TcpCounter.DELAYED_ACKS);
        }
        if (tcb.state.maySendData() && Deadline.expired(sender.recovery.deadlineNs(), now)) {
            onLossTimer(now);
        }
        if (timers.expired(Timers.Kind.PERSIST, now) && !probes.onPersist(now)
            || timers.expired(Timers.Kind.KEEPALIVE, now) && !probes.onKeepAlive(now)) {
            giveUp();
        }
        timers.expired(Timers.Kind.PACE, now);
        if (timers.expired(Timers.Kind.FIN_WAIT_2, now)) {
            finish();
        }
        if (timers.expired(Timers.Kind.TIME_WAIT, now)) {
            endTimeWait(now);
        }
    }

    @Override
    public void endTimeWait(final long now) {
        if (isBehind()) {
            timeWait.begin(now);
        } else {
            finish();
        }
    }

    private void onLossTimer(final long now) {
        final int before = sender.recovery.timeouts();
        final long firstNs = sender.recovery.firstTimeoutNs();
        final int most = tcb.orphaned ? stack.config.orphanRetries : stack.config.retries;
        final boolean userTimeout = options.userTimeoutMs > 0 && firstNs != Deadline.NONE
            && now - firstNs >= options.userTimeoutMs * MS;
        if (before >= most || before > 0 && userTimeout) {
            giveUp();
            return;
        }
        sender.recovery.onDeadline(now);
        if (stack.config.blackHoleDetection && sender.recovery.timeouts() >= BLACK_HOLE_TIMEOUTS) {
            onBlackHole();
        }
    }

    /** Large segments vanish and no router says why: smaller ones may pass (RFC 2923 2.1; as Linux with tcp_mtu_probing). */
    private void onBlackHole() {
        final int smaller = sender.mss.path() > BLACK_HOLE_MSS ? BLACK_HOLE_MSS
            : Math.max(sender.mss.path() / 2, Math.max(stack.config.minMss, BLACK_HOLE_MIN_MSS));
        if (smaller < sender.mss.path() && sender.mss.full() > smaller) {
            stack.counters.increment(TcpCounter.BLACK_HOLES);
            sender.mss.path(smaller);
        }
    }

    private void giveUp() {
        stack.counters.increment(TcpCounter.ABORT_ON_TIMEOUT);
        fail(softError != null ? softError : TcpError.TIMED_OUT);
    }

    /** Earliest deadline of any timer, {@code Deadline.NONE} if there is none. */
    public long nextDeadlineNs() {
        // A closed one may stay, for a reset that waits for the backup; an acknowledgement that it owed has no timer
        // any more.
        if (shadow || tcb.state == TcpState.CLOSED) {
            return Deadline.NONE;
        }
        long earliest = Math.min(timers.earliestNs(), receiver.acks.deadlineNs());
        if (tcb.state.maySendData()) {
            earliest = Math.min(earliest, sender.recovery.deadlineNs());
        }
        return earliest;
    }

    /** Something may be sent: data, an acknowledgement, a FIN, a reset. */
    public boolean transmitPending() {
        return !shadow && output.pending();
    }

    /**
     * Sends what may be sent.
     *
     * @param budgetBytes about how much payload at most, so that one connection does not keep the shard from others
     * @return true if the budget or the device ended it, and there is more
     */
    public boolean pollTransmit(final long now, final SegmentSink sink, final int budgetBytes) {
        nowNs = now;
        final boolean more = output.poll(now, sink, budgetBytes);
        if (tcb.state == TcpState.CLOSED && !output.owesReset()) {
            reportClosed();
        }
        return more;
    }

    /** Readiness events since the last call, as a bit set; clears them. */
    public int takeEvents() {
        final int taken = events;
        events = 0;
        return taken;
    }

    /** The same without clearing. */
    public int pendingEvents() {
        return events;
    }

    /** SND.NXT as a wire number: what a new connection in the place of this TIME_WAIT must start above. */
    public int nextSequence() {
        return tcb.seqOf(tcb.sndNxt);
    }

    // --- the application's verbs, brought by the stack ---

    /** The application appended to the send buffer. */
    public void onApplicationWrote(final long now) {
        nowNs = now;
        if (tcb.sndSwallow > tcb.sndUna) {
            swallow(now);
        }
        sender.recovery.onApplicationData(now);
        tellHeldTimeWait();
    }

    /** The peer had these bytes from the host before this one. */
    private void swallow(final long now) {
        final boolean finWasAcknowledged = tcb.finAcknowledged();
        sender.swallow(now);
        raise(WRITABLE);
        if (tcb.finAcknowledged() && !finWasAcknowledged) {
            arrival.onFinAcknowledged();
        }
    }

    /** The application released bytes of the receive buffer: the window may open. */
    public void onApplicationRead(final long now) {
        nowNs = now;
        if (tcb.state.isSynchronized() && tcb.state != TcpState.TIME_WAIT) {
            receiver.onApplicationRead(now);
        }
    }

    /** Half-close: a FIN after what is in the send buffer. No bytes may be appended afterwards. */
    public void shutdownWrite(final long now) {
        nowNs = now;
        if (tcb.state != TcpState.CLOSED && sender.buffer.tail() < inherited) {
            breakOff(now);
            return;
        }
        if (tcb.sndFin != Tcb.NO_OFFSET) {
            return;
        }
        switch (tcb.state) {
            case SYN_RECEIVED, ESTABLISHED -> {
                closeStream();
                enter(TcpState.FIN_WAIT_1);
            }
            case CLOSE_WAIT -> {
                closeStream();
                enter(TcpState.LAST_ACK);
            }
            default -> {
            }
        }
    }

    /**
     * After a takeover: the peer may have had from the host before this one what the application here will not write
     * again.
     */
    public void breakOff(final long now) {
        nowNs = now;
        if (!tcb.state.isSynchronized() || tcb.state == TcpState.TIME_WAIT) {
            finish();
            return;
        }
        stack.counters.increment(TcpCounter.INHERITANCE_BROKEN);
        output.resetPending = true;
        fail(TcpError.ABORTED);
    }

    private void closeStream() {
        tcb.sndFin = sender.buffer.tail();
        sender.recovery.finOffset(tcb.sndFin);
        if (tcb.sndSwallow > tcb.sndUna) {
            swallow(nowNs);
        }
    }

    /** Nothing more will be read: arriving data is acknowledged and dropped, as Linux does after SHUT_RD. */
    public void shutdownRead(final long now) {
        nowNs = now;
        tcb.readShut = true;
    }

    /** Close: reset if there are unread bytes (RFC 2525 2.17) or linger is 0, otherwise FIN after what is in the send buffer. */
    public void close(final long now) {
        nowNs = now;
        if (tcb.orphaned) {
            return;
        }
        tcb.orphaned = true;
        final boolean unread = receiver.held() > 0;
        if (tcb.state == TcpState.SYN_SENT) {
            stack.counters.increment(TcpCounter.ATTEMPT_FAILS);
            finish();
        } else if (tcb.state == TcpState.SYN_RECEIVED && sender.buffer.size() == 0 && options.lingerMs != 0) {
            shutdownWrite(now);
        } else if (tcb.state.isSynchronized() && tcb.state != TcpState.TIME_WAIT && unread) {
            stack.counters.increment(TcpCounter.ABORT_ON_CLOSE);
            // In every state, also behind our own FIN: the peer is told that its data is lost.
            output.resetPending = true;
            fail(TcpError.ABORTED);
        } else if (options.lingerMs == 0 && tcb.state.isSynchronized() && tcb.state != TcpState.TIME_WAIT) {
            stack.counters.increment(TcpCounter.ABORT_ON_LINGER);
            abort(now);
        } else if (tcb.state.isSynchronized() && tcb.state != TcpState.TIME_WAIT && !stack.orphans.haveRoom()) {
            abort(now);
        } else {
            shutdownWrite(now);
            if (tcb.state == TcpState.FIN_WAIT_2) {
                orphanInFinWait2();
            }
            recountOrphan();
        }
    }

    private void recountOrphan() {
        final boolean lives = tcb.state != TcpState.CLOSED && tcb.state != TcpState.TIME_WAIT;
        orphanCounted = stack.orphans.recount(tcb.orphaned && lives && !shadow, orphanCounted);
    }

    /** Reset, dropping all data. */
    public void abort(final long now) {
        nowNs = now;
        tcb.orphaned = true;
        switch (tcb.state) {
            case SYN_RECEIVED, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT -> {
                output.resetPending = true;
                fail(TcpError.ABORTED);
            }
            case CLOSING, LAST_ACK -> {
                // As Linux: the peer must not wait for what was never sent.
                if (tcb.finSent()) {
                    finish();
                } else {
                    output.resetPending = true;
                    fail(TcpError.ABORTED);
                }
            }
            case CLOSED -> {
            }
            default -> finish();
        }
    }

    // --- the path ---

    /** A validated "fragmentation needed" or "packet too big" for this connection: packets of at most {@code mtu} fit. */
    public void onPathMtu(final int mtu, final long now) {
        nowNs = now;
        final int pathMss = mtu - TcpStack.headerBytes(tcb.id.remoteAddress());
        if (pathMss >= sender.mss.path()) {
            return;
        }
        stack.counters.increment(TcpCounter.PMTU_REDUCED);
        sender.mss.path(pathMss);
        if (tcb.state.maySendData()) {
            sender.recovery.onPathMtuReduced(sender.mss.full(), now);
            output.establishedMss();
        }
    }

    /** A validated ICMP error that quotes sequence number {@code seq}; {@code hard} ones end a handshake (RFC 5927). */
    public void onIcmpError(final TcpError reason, final boolean hard, final int seq, final long now) {
        nowNs = now;
        final long quoted = tcb.sndOffset(seq);
        if (quoted < tcb.sndUna || quoted > tcb.sndNxt) {
            return;
        }
        if (hard && (tcb.state == TcpState.SYN_SENT || tcb.state == TcpState.SYN_RECEIVED)) {
            stack.counters.increment(TcpCounter.ATTEMPT_FAILS);
            fail(reason);
        } else {
            softError = reason;
        }
    }

    /** Bounds of the sequence numbers that an ICMP error may quote (RFC 5927 4.1). */
    public boolean mayQuote(final int seq) {
        final long quoted = tcb.sndOffset(seq);
        return quoted >= tcb.sndUna && quoted <= tcb.sndNxt;
    }

    // --- what the application sees ---

    public StreamBuffer sendBuffer() {
        return sender.buffer;
    }

    public StreamBuffer receiveBuffer() {
        return receiver.buffer();
    }

    /** Why the connection failed; null if it did not. */
    public TcpError error() {
        return error;
    }

    /** The peer's FIN was reached: after the bytes in the receive buffer the stream ends. */
    public boolean peerClosed() {
        return tcb.finReceived();
    }

    /** The application has ended its stream, and all of it is here. */
    public boolean outputEnded() {
        return sender.buffer.tail() >= tcb.sndFin;
    }

    /** The application reads no more. */
    public boolean inputShut() {
        return tcb.readShut;
    }

    /** The application has closed. */
    public boolean orphaned() {
        return tcb.orphaned;
    }

    /** Options the application may set; the connection must be told through {@link #onOptionsChanged}. */
    public TcpOptions options() {
        return options;
    }

    public void onOptionsChanged(final long now) {
        nowNs = now;
        probes.onOptionsChanged(now);
        if (options.quickAck != quickAckApplied) {
            quickAckApplied = options.quickAck;
            receiver.acks.quickAck(options.quickAck);
        }
        if (options.flushes != flushesApplied) {
            flushesApplied = options.flushes;
            output.flushHeld();
        }
        if (options.sendBufferBytes > 0) {
            sender.fixBuffer(options.sendBufferBytes);
        }
        if (options.receiveBufferBytes > 0) {
            receiver.window.fix(options.receiveBufferBytes / 2);
            receiver.buffer().capacity(receiver.window.space());
        }
        if (tcb.state == TcpState.FIN_WAIT_2 && tcb.orphaned) {
            orphanInFinWait2();
        }
    }

    /** Fills in what Linux's TCP_INFO would say. */
    public void info(final TcpInfo info, final long now) {
        Vitals.fill(info, tcb, sender, receiver, handshake);
    }

    /** Gives the buffers' memory back; the last call. */
    public void free() {
        orphanCounted = stack.orphans.recount(false, orphanCounted);
        sender.buffer.free(0);
        receiver.buffer().free(0);
    }

    // --- life ---

    /** Does the segment answer a cookie that went to the same peer? */
    @Override
    public boolean answersCookie(final TcpSegment segment, final long now) {
        return listener != null && listener.knowsCookie(tcb.id, segment, now);
    }

    /** May a handshake complete now? Not while the listener's accept queue is full. */
    @Override
    public boolean mayEstablish() {
        return listener == null || listener.hasRoom();
    }

    @Override
    public void established(final long now) {
        enter(TcpState.ESTABLISHED);
        raise(CONNECTED | WRITABLE);
        probes.onOptionsChanged(now);
        if (listener != null) {
            listener.onEstablished(this);
        }
    }

    @Override
    public void enter(final TcpState state) {
        final TcpState old = tcb.state;
        if (!old.mayBecome(state)) {
            throw new IllegalStateException("no arrow from " + old + " to " + state);
        }
        tcb.state = state;
        recountOrphan();
        countEstablished(old, state);
        switch (state) {
            case FIN_WAIT_2 -> {
                if (tcb.orphaned) {
                    orphanInFinWait2();
                }
            }
            case TIME_WAIT -> {
                stack.counters.increment(TcpCounter.TIME_WAITS);
                timeWait.begin(nowNs);
                raise(TIME_WAIT);
            }
            default -> {
            }
        }
    }

    private void countEstablished(final TcpState old, final TcpState state) {
        final boolean was = old == TcpState.ESTABLISHED || old == TcpState.CLOSE_WAIT;
        final boolean is = state == TcpState.ESTABLISHED || state == TcpState.CLOSE_WAIT;
        if (was != is) {
            stack.counters.add(TcpCounter.CURR_ESTAB, is ? 1 : -1);
        }
    }

    /** A peer that never closes must not hold memory for ever (Linux's tcp_fin_timeout, TCP_LINGER2). */
    private void orphanInFinWait2() {
        if (options.linger2Ms < 0) {
            finish();
            return;
        }
        final long ms = options.linger2Ms > 0 ? options.linger2Ms : stack.config.finTimeoutMs;
        timers.arm(Timers.Kind.FIN_WAIT_2, nowNs + ms * MS);
    }

    @Override
    public void fail(final TcpError reason) {
        if (reason == TcpError.CONNECTION_RESET || reason == TcpError.BROKEN_PIPE) {
            stack.counters.increment(TcpCounter.ESTAB_RESETS);
        }
        error = reason;
        raise(FAILED);
        finish();
    }

    @Override
    public void finish() {
        if (tcb.state != TcpState.CLOSED) {
            enter(TcpState.CLOSED);
            timers.cancelAll();
            if (listener != null) {
                listener.onGone(this);
            }
        }
        if (!output.owesReset()) {
            reportClosed();
        }
    }

    private void reportClosed() {
        if (!closeReported) {
            closeReported = true;
            raise(CLOSED);
        }
    }

    @Override
    public void raise(final int bits) {
        int told = bits;
        if ((bits & TIME_WAIT) != 0 && isBehind()) {
            timeWaitHeld = true;
            told &= ~TIME_WAIT;
        }
        events |= receiver.deferred == null ? told : receiver.deferred.pass(told, shadow);
    }

    /** The application here has yet to read or write again what it did on another host: it must not hear of the end before. */
    private boolean isBehind() {
        return sender.buffer.tail() < inherited || receiver.deferred != null;
    }

    @Override
    public void tellHeldTimeWait() {
        if (timeWaitHeld && !isBehind()) {
            timeWaitHeld = false;
            raise(TIME_WAIT);
        }
    }

    /** As {@link #raise}, whatever is held back. */
    public void raiseNow(final int bits) {
        events |= bits;
    }
}
