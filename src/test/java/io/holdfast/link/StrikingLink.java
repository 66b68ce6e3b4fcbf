package io.holdfast.link;

import java.util.concurrent.atomic.AtomicReference;

/** A link that throws an error, once, at the thread that runs the shard, in the middle of its cycle. */
public final class StrikingLink implements Link {
    private final Link inner;
    private final AtomicReference<Error> strike = new AtomicReference<>();
    private volatile int sent;

    public StrikingLink(final Link inner) {
        this.inner = inner;
    }

    /** The next frame that is sent ends in this. */
    public void strike(final Error error) {
        strike.set(error);
    }

    /** Frames that the shard wanted to send so far. */
    public int sent() {
        return sent;
    }

    @Override
    public LinkCapabilities capabilities() {
        return inner.capabilities();
    }

    @Override
    public boolean receive(final FrameSlot slot) {
        return inner.receive(slot);
    }

    @Override
    public boolean transmit(final OutboundFrame frame) {
        sent++;
        final Error error = strike.getAndSet(null);
        if (error != null) {
            throw error;
        }
        return inner.transmit(frame);
    }

    @Override
    public void await(final long timeoutNs) {
        inner.await(timeoutNs);
    }

    @Override
    public void wakeUp() {
        inner.wakeUp();
    }

    @Override
    public void close() {
        inner.close();
    }
}
