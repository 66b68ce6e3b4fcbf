package io.holdfast.nio;

import io.holdfast.socket.ReadinessListener;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.util.Arrays;

/**
 * The keys of one channel, told of its readiness by the thread that runs the shard. Copied on each change: changes are
 * rare, and the teller must not lock.
 */
final class KeyList implements ReadinessListener {
    private static final HybridSelectionKey[] NONE = {};

    private final HybridChannel channel;
    private volatile HybridSelectionKey[] keys = NONE;

    KeyList(final HybridChannel channel) {
        this.channel = channel;
    }

    synchronized void add(final HybridSelectionKey key) {
        final HybridSelectionKey[] more = Arrays.copyOf(keys, keys.length + 1);
        more[more.length - 1] = key;
        keys = more;
    }

    synchronized void remove(final HybridSelectionKey key) {
        final HybridSelectionKey[] old = keys;
        for (int i = 0; i < old.length; i++) {
            if (old[i] == key) {
                if (old.length == 1) {
                    keys = NONE;
                    return;
                }
                final HybridSelectionKey[] fewer = Arrays.copyOf(old, old.length - 1);
                System.arraycopy(old, i + 1, fewer, i, fewer.length - i);
                keys = fewer;
                return;
            }
        }
    }

    HybridSelectionKey[] all() {
        return keys;
    }

    /** The channel is the kernel's from now on. */
    void attachKernel(final SelectableChannel kernel) {
        for (final HybridSelectionKey key : keys) {
            key.attachKernel(kernel);
        }
    }

    /** The kernel's channel behind the keys blocks from now on, or does not; null if there is none. */
    void configureKernel(final SelectableChannel kernel, final boolean block) throws IOException {
        if (kernel != null) {
            for (final HybridSelectionKey key : keys) {
                key.cancelKernel(block);
            }
            kernel.configureBlocking(block);
        }
    }

    /** The channel's state changed so that other operations may be ready now. */
    void recheck() {
        for (final HybridSelectionKey key : keys) {
            key.recheck();
        }
    }

    @Override
    public void onReady(final int ready) {
        final HybridSelectionKey[] told = keys;
        if (told.length > 0) {
            final int ops = channel.opsOf(ready);
            for (final HybridSelectionKey key : told) {
                key.onReady(ops);
            }
        }
    }
}
