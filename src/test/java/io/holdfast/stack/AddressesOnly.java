package io.holdfast.stack;

import java.util.function.Function;

/** Moves a stack's addresses, and replicates nothing. */
public final class AddressesOnly implements Replication, Function<ShardControl, Replication> {
    private ShardControl control;

    @Override
    public Replication apply(final ShardControl value) {
        control = value;
        return this;
    }

    /** Uses them from now on. */
    public void take() {
        run(() -> control.takeAddresses(control.nowNs()));
    }

    /** Waits for them from now on. */
    public void hold() {
        run(control::holdAddresses);
    }

    private void run(final Runnable work) {
        control.call(() -> {
            work.run();
            return null;
        });
    }

    @Override
    public boolean roomForInput() {
        return true;
    }

    @Override
    public boolean answersStrays(final long nowNs) {
        return true;
    }

    @Override
    public boolean mayDepart(final long now) {
        return true;
    }

    @Override
    public void onAdded(final Endpoint endpoint, final long now) {
    }

    @Override
    public void beginFlush(final long now) {
    }

    @Override
    public boolean capture(final Endpoint endpoint, final long now) {
        return true;
    }

    @Override
    public void endFlush(final long now) {
    }

    @Override
    public void onDropped(final Endpoint endpoint, final long now) {
    }

    @Override
    public void onAccepted(final Endpoint endpoint) {
    }

    @Override
    public void onUnlistening(final ListenerEntry entry) {
    }

    @Override
    public void onListening(final ListenerEntry entry, final long now) {
    }

    @Override
    public boolean onVerbs(final Endpoint endpoint, final int verbs, final long now) {
        return false;
    }
}
