package io.holdfast.tcp;

import io.holdfast.buffer.StreamBuffer;
import io.holdfast.counters.TcpCounter;
import io.holdfast.util.Deadline;
import io.holdfast.wire.TcpSegment;

/**
 * One connection: its parts wired together, its life, and the application's verbs. What arrives goes to {@link Handshake},
 * {@link SegmentArrival} or {@link TimeWait}; what leaves comes from {@link Output}. Every method is for the thread that
 * runs the shard, except that the application's side of {@link #sendBuffer()} (append) and {@link #receiveBuffer()}
 * (read, release) is the application's. After any verb the owner asks {@link #takeEvents()}, {@link #transmitPending()}
 * and {@link #nextDeadlineNs()}.
 */
public final class TcpConnection implements Handshake.Whole, ConnectionEvents {
    private static final long MS = 1_000_000L;

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
    private final PathErrors path;
    private final Closing closing;
    private final Replicated replicated;
    /** TCP_QUICKACK as it was last acted on: other options must not end ping-pong mode. */
    private boolean quickAckApplied = true;
    private int flushesApplied;
    private TcpError error;
    private int events;
    private boolean closeReported;
    private long nowNs;
    private Object owner;

    TcpConnection(final TcpStack stack, final ConnectionId id, final TcpOptions options) {
        this(stack, new Tcb(id), options);
    }

    TcpConnection(final TcpStack stack, final Tcb tcb, final TcpOptions options) {
        this.stack = stack;
        this.options.copyFrom(options);
        flushesApplied = options.flushes;
        this.tcb = tcb;
        sender = Sender.create(stack, tcb, options);
        receiver = Receiver.create(stack, tcb, options);
        output = new Output(tcb, sender, receiver, this.options, stack, timers);
        handshake = new Handshake(this, tcb, this.options, stack, sender, receiver, output, timers);
        arrival = new SegmentArrival(tcb, sender, receiver, output, timers, stack, this);
        timeWait = new TimeWait(tcb, receiver, timers, stack, this);
        probes = new Probes(stack, tcb, sender, receiver, output, timers, this.options);
        path = new PathErrors(tcb, sender, output, stack, this);
        replicated = new Replicated(tcb, sender, receiver, output, arrival, this, stack.counters);
        closing = new Closing(tcb, sender, receiver, output, timers, this.options, stack, replicated, this);
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

    /** What replication does with this connection. */
    public Replicated replicated() {
        return replicated;
    }

    /** Makes this the image of a connection that lives on another host. */
    TcpShadow shadow(final int snapshotShift) {
        replicated.follow(true);
        return new TcpShadow(this, sender, receiver, output, handshake, arrival, snapshotShift);
    }

    /** The other host is gone: this one goes on. */
    void live(final long now) {
        nowNs = now;
        replicated.follow(false);
        closing.recountOrphan();
        countEstablished(TcpState.CLOSED, tcb.state);
        if (tcb.state == TcpState.TIME_WAIT) {
            timeWait.begin(now);
        } else if (tcb.state == TcpState.FIN_WAIT_2) {
            closing.limitFinWait2(now);
        }
        probes.onOptionsChanged(now);
    }

    void error(final TcpError value) {
        error = value;
    }

    /** A client came to us; false for a connection that this side opened. */
    public boolean passive() {
        return listener != null;
    }

    /** Whatever the table keeps it in. */
    public void owner(final Object value) {
        owner = value;
    }

    public Object owner() {
        return owner;
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
        if (replicated.follows()) {
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
        if (tcb.state == TcpState.CLOSED || replicated.follows()) {
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
        if (replicated.isBehind()) {
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
        path.onTimeout();
    }

    private void giveUp() {
        stack.counters.increment(TcpCounter.ABORT_ON_TIMEOUT);
        fail(path.softError() != null ? path.softError() : TcpError.TIMED_OUT);
    }

    /** Earliest deadline of any timer, {@code Deadline.NONE} if there is none. */
    public long nextDeadlineNs() {
        // A closed one may stay, for a reset that waits for the backup; an acknowledgement that it owed has no timer
        // any more.
        if (replicated.follows() || tcb.state == TcpState.CLOSED) {
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
        return !replicated.follows() && output.pending();
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
        replicated.swallow(now);
        sender.recovery.onApplicationData(now);
        replicated.tellHeldTimeWait();
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
        closing.shutdownWrite(now);
    }

    /** Nothing more will be read: arriving data is acknowledged and dropped, as Linux does after SHUT_RD. */
    public void shutdownRead(final long now) {
        nowNs = now;
        tcb.readShut = true;
    }

    /** Close: reset if there are unread bytes (RFC 2525 2.17) or linger is 0, otherwise FIN after what is in the send buffer. */
    public void close(final long now) {
        nowNs = now;
        closing.close(now);
    }

    /** Reset, dropping all data. */
    public void abort(final long now) {
        nowNs = now;
        closing.abort();
    }

    /** What the path says of itself. */
    public PathErrors path() {
        return path;
    }

    // --- what the application sees ---

    public StreamBuffer sendBuffer() {
        return sender.buffer;
    }

    public StreamBuffer receiveBuffer() {
        return receiver.buffer();
    }

    /** Why the connection failed; null if it did not. */
    @Override
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
        if (tcb.state == TcpState.FIN_WAIT_2) {
            closing.limitFinWait2(now);
        }
    }

    /** Fills in what Linux's TCP_INFO would say. */
    public void info(final TcpInfo info, final long now) {
        Vitals.fill(info, tcb, sender, receiver, handshake);
    }

    /** Gives the buffers' memory back; the last call. */
    public void free() {
        closing.free();
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
        closing.recountOrphan();
        countEstablished(old, state);
        switch (state) {
            case FIN_WAIT_2 -> closing.limitFinWait2(nowNs);
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
        events |= replicated.pass(bits);
    }

    @Override
    public void tellHeldTimeWait() {
        replicated.tellHeldTimeWait();
    }

    /** As {@link #raise}, whatever is held back. */
    public void raiseNow(final int bits) {
        events |= bits;
    }
}
