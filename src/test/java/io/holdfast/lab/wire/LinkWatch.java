package io.holdfast.lab.wire;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads what the two hosts say to each other, on any path: who is what, the log, and what of it the other has acknowledged.
 * Only a link without TLS can be read.
 */
final class LinkWatch {
    /** Frames are a length (u32, little endian) and as many bytes; these stand for themselves. */
    private static final int KEEP_ALIVE = -1;
    private static final int FAREWELL = -2;
    private static final int MAX_FRAME_BYTES = 64 << 20;
    private static final int GREETING = 0x48434648;
    private static final int MAX_GREETING_BYTES = 1024;
    /** First bytes of a connection without frames, whose closing alone shows that a process has died. */
    private static final int LIFELINE = 0x4C4648FF;
    private static final int MEMBERSHIP = 1;
    private static final int LOG_BATCH = 2;
    private static final int LOG_ACK = 3;
    private static final int HISTORY_BATCH = 4;

    private final List<Host> hosts;
    private final Violations violations;
    private final Map<End, Pipe> pipes = new HashMap<>();
    private boolean unreadable;

    private record End(int fromIp, int fromPort, int toIp, int toPort) {
        End reverse() {
            return new End(toIp, toPort, fromIp, fromPort);
        }
    }

    /** One direction of one connection. */
    private static final class Pipe {
        private final Host from;
        private final Reassembly stream;
        private boolean greeted;
        private boolean lifeline;

        Pipe(final Host from, final int iss) {
            this.from = from;
            stream = new Reassembly(iss);
        }
    }

    LinkWatch(final List<Host> hosts, final Violations violations) {
        this.hosts = hosts;
        this.violations = violations;
    }

    /** Something was not captured or is not plain: what the hosts have told each other is not known any more. */
    boolean isUnreadable() {
        return unreadable;
    }

    void onSegment(final Segment segment) {
        final Host from = host(segment.sourceIp);
        if (from == null || host(segment.destinationIp) == null || unreadable) {
            return;
        }
        final End end = new End(segment.sourceIp, segment.sourcePort, segment.destinationIp, segment.destinationPort);
        if (segment.has(Segment.SYN) && (pipes.get(end) == null || pipes.get(end).stream.iss() != segment.seq)) {
            pipes.put(end, new Pipe(from, segment.seq));
        }
        final Pipe pipe = pipes.get(end);
        if (pipe == null) {
            if (segment.has(Segment.RST)) {
                from.onClosed(); // nobody listens there
            } else {
                giveUp(segment.timeNs, "a connection of the hosts had begun before the capture");
            }
            return;
        }
        pipe.stream.add(segment);
        final Pipe other = pipes.get(end.reverse());
        if (other != null && segment.has(Segment.ACK) && !segment.has(Segment.SYN)) {
            other.stream.onAcknowledged(segment.ack);
        }
        if (pipe.stream.isLost() || other != null && other.stream.isLost()) {
            giveUp(segment.timeNs, "bytes between the hosts were not captured");
            return;
        }
        read(pipe, segment.timeNs);
        if (pipe.stream.hasEnded()) {
            pipe.from.onClosed();
        }
    }

    private Host host(final int address) {
        for (final Host host : hosts) {
            if (host.has(address)) {
                return host;
            }
        }
        return null;
    }

    private void giveUp(final long timeNs, final String why) {
        unreadable = true;
        violations.add(Rule.CAPTURE, timeNs, "", why + ": what the backup had stored is not known");
    }

    private void read(final Pipe pipe, final long timeNs) {
        try {
            ByteBuffer unread = pipe.stream.unread();
            for (int taken = frame(pipe, unread); taken > 0; taken = frame(pipe, unread)) {
                pipe.stream.take(taken);
                unread = pipe.stream.unread();
            }
        } catch (final StoredLog.Malformed | IndexOutOfBoundsException | BufferUnderflowException e) {
            giveUp(timeNs, "the hosts' talk cannot be read (" + e.getMessage() + ")");
        }
    }

    /** Returns the bytes of the first frame, 0 if it is not complete. */
    private static int frame(final Pipe pipe, final ByteBuffer unread) throws StoredLog.Malformed {
        if (pipe.lifeline) {
            return unread.limit();
        }
        if (unread.limit() < Integer.BYTES) {
            return 0;
        }
        final int length = unread.getInt(0);
        if (!pipe.greeted && length == LIFELINE) {
            pipe.lifeline = true;
            return unread.limit();
        }
        if (length == KEEP_ALIVE || length == FAREWELL) {
            return Integer.BYTES;
        }
        if (length <= Integer.BYTES || length > (pipe.greeted ? MAX_FRAME_BYTES : MAX_GREETING_BYTES)) {
            throw new StoredLog.Malformed(pipe.greeted ? "a frame of " + length + " bytes" : "is it TLS?");
        }
        if (unread.limit() < Integer.BYTES + length) {
            return 0;
        }
        if (pipe.greeted) {
            message(pipe.from, unread.position(Integer.BYTES).limit(Integer.BYTES + length).slice().order(unread.order()));
        } else if (unread.getInt(Integer.BYTES) == GREETING) {
            pipe.greeted = true;
        } else {
            throw new StoredLog.Malformed("no greeting");
        }
        return Integer.BYTES + length;
    }

    private static void message(final Host from, final ByteBuffer whole) throws StoredLog.Malformed {
        final ByteBuffer message = whole.duplicate().position(1).slice().order(whole.order());
        switch (whole.get(0)) {
            case MEMBERSHIP -> from.onRole(whole.getLong(24), whole.getLong(48), whole.get(2));
            case LOG_BATCH, HISTORY_BATCH -> from.log().onBatch(message);
            case LOG_ACK -> from.peer().log().onAck(message);
            default -> throw new StoredLog.Malformed("a message of type " + whole.get(0));
        }
    }
}
