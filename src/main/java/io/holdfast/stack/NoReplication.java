package io.holdfast.stack;

/** Of a stack whose connections live on this host alone. */
final class NoReplication implements Replication {
    static final Replication INSTANCE = new NoReplication();

    private NoReplication() {
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
    public boolean mayDepart(final long nowNs) {
        return true;
    }

    @Override
    public void onAdded(final Endpoint endpoint, final long nowNs) {
        // Nobody else is to know.
    }

    @Override
    public void beginFlush(final long nowNs) {
        // There is no log.
    }

    @Override
    public boolean capture(final Endpoint endpoint, final long nowNs) {
        return true;
    }

    @Override
    public void endFlush(final long nowNs) {
        // There is no log.
    }

    @Override
    public void onDropped(final Endpoint endpoint, final long nowNs) {
        // Nobody else is to know.
    }

    @Override
    public void onAccepted(final Endpoint endpoint) {
        // Nobody else is to know.
    }

    @Override
    public void onListening(final ListenerEntry entry, final long nowNs) {
        // Nobody else is to know.
    }

    @Override
    public void onUnlistening(final ListenerEntry entry) {
        // Nobody else is to know.
    }

    @Override
    public boolean onVerbs(final Endpoint endpoint, final int verbs, final long nowNs) {
        return false;
    }
}
