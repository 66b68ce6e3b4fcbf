package io.holdfast.nio;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectionKey;

/**
 * A key of {@link HybridSelector}. For a stack channel it waits in the selector's queue when something may be ready; for
 * a kernel channel it leads an inner key, registered with the kernel's selector.
 */
final class HybridSelectionKey extends AbstractSelectionKey {
    /** What a key asks of its selector. Any thread. */
    interface Owner {
        /** The key may be ready. Does not wake the selector. */
        void enqueue(HybridSelectionKey key);

        /** Makes a selection in progress look again; it returns only if it finds something. */
        void signal();

        /** Registers the kernel's channel with the kernel's selector. */
        SelectionKey registerInner(SelectableChannel channel, int ops, HybridSelectionKey key);

        /** A channel left the kernel's side, with its inner key cancelled. */
        void innerLeft();
    }

    private static final VarHandle QUEUED;

    static {
        try {
            QUEUED = MethodHandles.lookup().findVarHandle(HybridSelectionKey.class, "queued", boolean.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // --- links and marks that the selector keeps here, so that selecting allocates nothing ---

    /** Next in the selector's queue of keys that may be ready. */
    HybridSelectionKey next;
    /** In that queue. */
    private volatile boolean queued;
    /** Among the selector's candidates. Selecting thread only, like all below. */
    boolean candidate;
    /** Ready operations that the selection under way found, not yet reported. */
    int foundOps;
    /** Place among the selected keys; -1 if not selected. */
    int selectedIndex = -1;

    private final Selector selector;
    private final Owner owner;
    private final SelectableChannel channel;
    private final HybridChannel hybrid;
    private volatile int interestOps;
    private volatile int readyOps;
    private SelectionKey inner;

    HybridSelectionKey(final Selector selector, final Owner owner, final SelectableChannel channel) {
        this.selector = selector;
        this.owner = owner;
        this.channel = channel;
        this.hybrid = channel instanceof HybridChannel h ? h : null;
    }

    @Override
    public SelectableChannel channel() {
        return channel;
    }

    @Override
    public Selector selector() {
        return selector;
    }

    @Override
    public int interestOps() {
        ensureValid();
        return interestOps;
    }

    @Override
    public SelectionKey interestOps(final int ops) {
        ensureValid();
        if ((ops & ~channel.validOps()) != 0) {
            throw new IllegalArgumentException("not an operation of this channel: " + ops);
        }
        interest(ops);
        return this;
    }

    void interest(final int ops) {
        final int added;
        synchronized (this) {
            added = ops & ~interestOps;
            interestOps = ops;
            if (inner != null && inner.isValid()) {
                try {
                    inner.interestOps(ops);
                } catch (final CancelledKeyException e) {
                    // The channel was closed meanwhile; this key follows.
                }
                return;
            }
        }
        if (added != 0) {
            owner.enqueue(this);
        }
    }

    @Override
    public int readyOps() {
        ensureValid();
        return readyOps;
    }

    /** As {@link #readyOps()}, also of a key that is cancelled. */
    int readyOpsUnchecked() {
        return readyOps;
    }

    void readyOps(final int ops) {
        readyOps = ops;
    }

    /** Null for a channel of the kernel's provider that is registered as it is. */
    HybridChannel hybrid() {
        return hybrid;
    }

    /** Would selecting it with these operations change anything? Selecting thread only. */
    boolean hasNews(final int ops) {
        return selectedIndex < 0 || (ops & ~readyOps) != 0;
    }

    /** What is ready of what is wanted, of a stack channel. */
    int stackReadyOps() {
        return hybrid == null ? 0 : hybrid.readyOps() & interestOps;
    }

    /** Told by the thread that runs the shard. Neither blocks nor allocates. */
    void onReady(final int ops) {
        if ((ops & interestOps) != 0) {
            owner.enqueue(this);
            owner.signal();
        }
    }

    void recheck() {
        owner.enqueue(this);
        owner.signal();
    }

    /** True if the caller is the one to queue it. */
    boolean markQueued() {
        return QUEUED.compareAndSet(this, false, true);
    }

    void unmarkQueued() {
        QUEUED.setVolatile(this, false);
    }

    /** The channel is the kernel's: wait for it there. */
    synchronized void attachKernel(final SelectableChannel kernel) {
        if (inner == null && isValid()) {
            inner = owner.registerInner(kernel, interestOps, this);
        }
    }

    /** Gives up the inner key and cancels it; the kernel's selector forgets it at its next selection. */
    synchronized boolean detachKernel() {
        if (inner == null) {
            return false;
        }
        inner.cancel();
        inner = null;
        return true;
    }

    /**
     * The channel is about to block: a key that is cancelled, though not yet flushed, must not keep it from that. The
     * inner key is remembered, so that it is counted when this one is flushed.
     */
    synchronized void cancelKernel(final boolean block) {
        if (block && inner != null) {
            inner.cancel();
        }
    }

    /** The channel that was the kernel's for the time being becomes the stack's. */
    void leaveKernel() {
        if (detachKernel()) {
            owner.innerLeft();
        }
    }

    private void ensureValid() {
        if (!isValid()) {
            throw new CancelledKeyException();
        }
    }
}
