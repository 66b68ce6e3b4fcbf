package io.holdfast.sim;

import io.holdfast.socket.Checkpoint;
import io.holdfast.socket.StreamSocket;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A server that can go on elsewhere: mixes its input in whole entries, and checkpoints now and then. It keeps the bytes of an
 * entry that is not complete, so that its checkpoints lie behind its reads.
 */
final class CheckpointingServer extends Actor {
    /** How often it checkpoints. */
    enum Habit {
        NEVER,
        ALWAYS,
        SELDOM
    }

    private static final int ENTRY_BYTES = 100;
    private static final int SELDOM_READS = 3;

    private final Conduit conduit;
    private final ByteMixer mixer;
    private final Habit habit;
    private final Pace pace;
    /** Bytes of the next output that the previous server has written already. */
    private long skip;
    private ByteBuffer hand = ByteBuffer.allocate(0);
    private ByteBuffer pending = ByteBuffer.allocate(0);
    /** Amount of mixed input after which the server ends its stream. */
    private long endsAt = Long.MAX_VALUE;
    private long milled;
    private int reads;
    private boolean due;
    private boolean ended;
    private boolean shut;

    CheckpointingServer(final String name, final StreamSocket socket, final ByteMixer mixer, final Habit habit, final Pace pace) {
        super(name);
        conduit = new Conduit(socket, null);
        this.mixer = mixer;
        this.habit = habit;
        this.pace = pace;
    }

    /** Sets the number of bytes read after which the server ends its stream, and reads on. */
    CheckpointingServer endsAt(final long value) {
        endsAt = value;
        return this;
    }

    /** Goes on from there. */
    CheckpointingServer resume(final Checkpoint checkpoint) throws IOException {
        check(checkpoint.readOffset() == conduit.socket.readOffset(), "reads from " + conduit.socket.readOffset() + ", not from "
            + checkpoint.readOffset());
        skip = conduit.socket.writeOffset() - checkpoint.writeOffset();
        check(skip >= 0, "a checkpoint covers more than is stored: " + checkpoint);
        mixer.restore(checkpoint.blob());
        milled = checkpoint.readOffset();
        return this;
    }

    @Override
    boolean run(final long nowNs) {
        if (over() || nowNs < wakeNs) {
            return false;
        }
        try {
            final boolean did = act();
            if (did && pace.sleepNs() > 0) {
                wakeNs = nowNs + pace.sleepNs();
            }
            return did;
        } catch (final IOException e) {
            failure = e;
            conduit.socket.close();
            end();
            return true;
        }
    }

    private boolean act() throws IOException {
        if (pending.hasRemaining()) {
            return conduit.write(pending) > 0;
        }
        if (milled >= endsAt && !shut) {
            endOutput();
            return true;
        }
        if (due) {
            due = !conduit.socket.checkpoint(conduit.socket.readOffset() - hand.remaining(), conduit.socket.writeOffset() - skip,
                mixer.save()) && !ended;
        }
        if (!ended) {
            return take();
        }
        if (!shut) {
            endOutput();
        }
        conduit.socket.close();
        end();
        return true;
    }

    private void endOutput() throws IOException {
        check(skip == 0, "wrote less than before: " + skip);
        shut = true;
        conduit.socket.shutdownOutput();
    }

    private boolean take() throws IOException {
        final ByteBuffer in = ByteBuffer.allocate(hand.remaining() + Math.min(4_096, pace.bytes())).put(hand);
        final int n = conduit.read(in);
        ended = n < 0;
        in.flip();
        final int whole = ended ? in.remaining() : in.remaining() - in.remaining() % ENTRY_BYTES;
        pending = ByteBuffer.allocate((int) mixer.yield(whole + 4_096L));
        for (int i = 0; i < whole; i++) {
            if (++milled > endsAt) {
                in.get();
                continue;
            }
            mixer.feed(in.get());
            while (mixer.ready() > 0) {
                pending.put(mixer.take());
            }
        }
        hand = in.slice();
        pending.flip();
        final int known = (int) Math.min(skip, pending.remaining());
        pending.position(known);
        skip -= known;
        if (n > 0) {
            reads++;
            due |= habit == Habit.ALWAYS || habit == Habit.SELDOM && reads % SELDOM_READS == 0;
        }
        return n != 0;
    }

    @Override
    public String toString() {
        return name + " read " + reads + " times, to skip " + skip + (ended ? " ended" : "") + (over() ? " over" : "")
            + (pending.hasRemaining() ? " pending" : "") + (failure == null ? "" : " failed: " + failure) + " " + conduit;
    }
}
