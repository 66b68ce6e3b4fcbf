package io.holdfast.app.conformance;

import io.holdfast.config.StackConfig;
import io.holdfast.link.FrameSlot;
import io.holdfast.socket.HoldfastStack;
import io.holdfast.util.Deadline;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * One stack under remote control: its clock, its sockets, and the pending calls. Everything happens in
 * {@link #execute} and, with a real clock, in {@link #onTime}; the owner keeps the two apart with one lock.
 */
final class Session {
    /** Blocking calls at a time. */
    static final int MAX_PENDING = 4096;
    /** How far a call with AUTO_ADVANCE may run the clock. */
    static final long AUTO_ADVANCE_LIMIT_NS = 20_000_000_000L;
    /** Most duty cycles at one point in time; then the clock goes on even if the stack has more to do. */
    private static final int MAX_CYCLES = 100_000;

    final StackConfig config = new StackConfig();
    final HandleTable handles = new HandleTable();
    private final Consumer<ByteBuffer> replies;
    private final List<PendingCall> pending = new ArrayList<>();
    private SessionClock clock = SessionClock.virtual();
    private BareIpLink link;
    private HoldfastStack stack;
    /** How far to step over a deadline that did not move although its time has come. */
    private long staleStepNs;

    /** A blocking call that has not completed. */
    private static final class PendingCall {
        private final Request request;
        private final Action action;

        PendingCall(final Request request, final Action action) {
            this.request = request;
            this.action = action;
        }
    }

    /**
     * @param replies takes each reply's frame at once
     */
    Session(final Consumer<ByteBuffer> replies) {
        this.replies = replies;
    }

    /** Takes the stack into operation; the clock starts with it. */
    void start(final SessionClock newClock, final BareIpLink newLink) {
        clock = newClock;
        link = newLink;
        stack = HoldfastStack.start(config);
    }

    boolean started() {
        return stack != null;
    }

    boolean realTime() {
        return started() && !clock.isVirtual();
    }

    HoldfastStack stack() {
        return stack;
    }

    BareIpLink link() {
        return link;
    }

    SessionClock clock() {
        return clock;
    }

    /** Starts one request; the replies it causes, its own or those of pending calls, go out before this returns. */
    void execute(final Request request) throws MalformedFrameException {
        final Action action = Decoder.decode(request);
        if (started() && clock.isVirtual()) {
            advance(clock.toNs(request.tUs()));
        }
        final PendingCall call = new PendingCall(request, action);
        if (!attempt(call)) {
            if (pending.size() >= MAX_PENDING) {
                finish(call, new Reply().error(Errno.ENOBUFS));
            } else {
                pending.add(call);
            }
        }
        settle();
        if (request.autoAdvance() && started() && clock.isVirtual()) {
            runToCompletion(call);
        }
    }

    /** Real clock: fires everything that is due now. */
    void onTime() {
        settle();
    }

    /** When the stack or a pending call wants its turn; later than now. */
    long nextDeadlineNs() {
        long earliest = stack == null ? Deadline.NONE : stack.nextDeadlineNs();
        for (final PendingCall call : pending) {
            earliest = Math.min(earliest, call.action.deadlineNs());
        }
        final long nowNs = clock.nowNs();
        if (earliest > nowNs) {
            staleStepNs = 1_000;
            return earliest;
        }
        // The deadline has come and was not fired: look again soon, and ever less often.
        staleStepNs = Math.min(2 * staleStepNs, 1_000_000_000L);
        return nowNs + staleStepNs;
    }

    /** Virtual clock: fires every timer due until {@code toNs} at its time, and completes calls that can complete. */
    void advance(final long toNs) {
        for (long deadlineNs = nextDeadlineNs(); deadlineNs <= toNs; deadlineNs = nextDeadlineNs()) {
            clock.advanceTo(deadlineNs);
            settle();
        }
        if (toNs > clock.nowNs()) {
            clock.advanceTo(toNs);
            settle();
        }
    }

    /** Virtual clock: as {@link #advance}, but stops as soon as a packet has left. */
    BareIpLink.Departure advanceToDeparture(final long toNs) {
        BareIpLink.Departure departure = link.fetch();
        while (departure == null) {
            final long deadlineNs = nextDeadlineNs();
            if (deadlineNs > toNs) {
                advance(toNs);
                return link.fetch();
            }
            clock.advanceTo(deadlineNs);
            settle();
            departure = link.fetch();
        }
        return departure;
    }

    /** Lets the stack do what there is to do at this time. */
    void invokeStack() {
        if (stack != null) {
            int cycles = 0;
            while (stack.invoke(clock.nowNs()) > 0 && cycles < MAX_CYCLES) {
                cycles++;
            }
        }
    }

    void close() {
        pending.clear();
        if (stack != null) {
            stack.close();
            stack = null;
        }
    }

    /** Runs the stack and completes pending calls until neither changes anything at this time. */
    private void settle() {
        invokeStack();
        while (completeOne()) {
            invokeStack();
        }
    }

    private boolean completeOne() {
        for (int i = 0; i < pending.size(); i++) {
            final PendingCall call = pending.get(i);
            if (attempt(call)) {
                pending.remove(call);
                return true;
            }
        }
        return false;
    }

    private void runToCompletion(final PendingCall call) {
        final long limitNs = clock.nowNs() + AUTO_ADVANCE_LIMIT_NS;
        while (pending.contains(call)) {
            final long deadlineNs = nextDeadlineNs();
            if (deadlineNs > limitNs) {
                advance(limitNs);
                if (pending.remove(call)) {
                    finish(call, new Reply().error(Errno.ETIMEDOUT));
                }
                return;
            }
            clock.advanceTo(deadlineNs);
            settle();
        }
    }

    /** Tries a call and replies if that completed it. */
    private boolean attempt(final PendingCall call) {
        final Reply reply = new Reply();
        try {
            if (!call.action.run(this, reply)) {
                return false;
            }
        } catch (final ErrnoException e) {
            reply.error(e.errno());
        }
        finish(call, reply);
        return true;
    }

    private void finish(final PendingCall call, final Reply reply) {
        call.action.end(this);
        replies.accept(reply.frame(call.request, clock.nowUs()));
    }

    /** Largest packet that PKT_IN takes. */
    static int maxPacketBytes() {
        return Math.min(FrameSlot.MAX_FRAME_BYTES, 65_535);
    }
}
