package io.holdfast.sim;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** A server that mixes what it reads from connections and writes the result to the same or to others. */
final class MixingServer extends Actor {
    private static final int READ_BYTES = 4_096;

    /** From one connection, through a mixer, to another. */
    static final class Leg {
        private final Conduit from;
        private final Conduit to;
        private final ByteMixer mixer;
        private final ByteBuffer in = ByteBuffer.allocate(READ_BYTES);
        private ByteBuffer pending = ByteBuffer.allocate(0);
        private boolean ended;
        private boolean shut;

        Leg(final Conduit from, final Conduit to, final ByteMixer mixer) {
            this.from = from;
            this.to = to;
            this.mixer = mixer;
        }

        private boolean run(final Pace pace) throws IOException {
            if (pending.hasRemaining()) {
                return to.write(pending) > 0;
            }
            if (!ended) {
                return take(pace);
            }
            if (!shut) {
                shut = true;
                to.socket.shutdownOutput();
                return true;
            }
            return false;
        }

        private boolean take(final Pace pace) throws IOException {
            in.clear().limit(Math.min(READ_BYTES, pace.bytes()));
            final int n = from.read(in);
            ended = n < 0;
            in.flip();
            pending = ByteBuffer.allocate(n > 0 ? (int) mixer.yield(n + 4_096L) : 0);
            while (in.hasRemaining()) {
                mixer.feed(in.get());
                while (mixer.ready() > 0) {
                    pending.put(mixer.take());
                }
            }
            pending.flip();
            return n != 0;
        }
    }

    private final List<Leg> legs;
    private final Pace pace;

    MixingServer(final String name, final List<Leg> legs, final Pace pace) {
        super(name);
        this.legs = legs;
        this.pace = pace;
    }

    @Override
    boolean run(final long nowNs) {
        if (over() || nowNs < wakeNs) {
            return false;
        }
        boolean did = false;
        try {
            for (final Leg leg : legs) {
                did |= leg.run(pace);
            }
        } catch (final IOException e) {
            failure = e;
            finish();
            return true;
        }
        if (did && pace.sleepNs() > 0) {
            wakeNs = nowNs + pace.sleepNs();
        }
        if (legs.stream().allMatch(leg -> leg.shut)) {
            finish();
        }
        return did;
    }

    private void finish() {
        for (final Leg leg : legs) {
            leg.from.socket.close();
            leg.to.socket.close();
        }
        end();
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder(name);
        for (final Leg leg : legs) {
            text.append(leg.ended ? " ended" : "").append(leg.shut ? " shut" : "").append(' ')
                .append(leg.from).append(leg.pending.hasRemaining() ? " pending" : "");
        }
        return text + (over() ? " over" : "") + (failure == null ? "" : " failed: " + failure);
    }
}
