package io.holdfast.nio;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The kernel's half of a {@link HybridSelector}: a kernel selector, opened when the first kernel channel comes, and the
 * keys it found ready. {@link #register} and {@link #wakeUpIfWaiting} are for any thread, the rest for the selecting one.
 */
final class KernelSide {
    private final SelectorProvider provider;
    private final AtomicInteger registered = new AtomicInteger();
    private final Consumer<SelectionKey> collector = this::collect;
    private volatile Selector selector;
    private volatile boolean waiting;
    /** There are cancelled keys that only a selection here makes go. */
    private volatile boolean stale;
    private boolean closed;
    private HybridSelectionKey[] found = new HybridSelectionKey[16];
    private int foundCount;

    KernelSide(final SelectorProvider provider) {
        this.provider = provider;
    }

    SelectionKey register(final SelectableChannel channel, final int ops, final HybridSelectionKey key)
        throws IOException {
        final SelectionKey inner = channel.register(opened(), ops, key);
        registered.incrementAndGet();
        return inner;
    }

    private Selector opened() throws IOException {
        synchronized (this) {
            if (closed) {
                throw new ClosedSelectorException();
            }
            if (selector == null) {
                selector = provider.openSelector();
            }
            return selector;
        }
    }

    /** One key fewer, on any thread: the cancelled key itself goes at the next selection. */
    void left() {
        stale = true;
        registered.decrementAndGet();
    }

    void unregistered() {
        registered.decrementAndGet();
    }

    boolean isEmpty() {
        return registered.get() == 0;
    }

    /** True if the selecting thread was waiting here, or about to. */
    boolean wakeUpIfWaiting() {
        if (waiting) {
            selector.wakeup();
            return true;
        }
        return false;
    }

    /** Waits until a kernel channel is ready, somebody wakes it up, or the time is up; not if there is news by then. */
    void await(final long timeoutNs, final BooleanSupplier news) throws IOException {
        waiting = true;
        try {
            if (!news.getAsBoolean()) {
                // Rounded up: a selection must not end before its time.
                selector.select(collector, timeoutNs < 0 ? 0 : Math.max(1, (timeoutNs + 999_999) / 1_000_000));
            }
        } finally {
            waiting = false;
        }
    }

    void poll() throws IOException {
        if (registered.get() != 0 || stale) {
            stale = false;
            selector.selectNow(collector);
        }
    }

    /** Lets the kernel's selector forget cancelled keys. What it finds ready by the way is kept, not lost. */
    void flush() throws IOException {
        selector.selectNow(collector);
    }

    private void collect(final SelectionKey inner) {
        final HybridSelectionKey key = (HybridSelectionKey) inner.attachment();
        if (key.foundOps == 0) {
            if (foundCount == found.length) {
                found = Arrays.copyOf(found, foundCount * 2);
            }
            found[foundCount++] = key;
        }
        key.foundOps |= inner.readyOps();
    }

    /** How many of the found keys have something to report; {@code all} as in the selector. */
    int found(final boolean all) {
        int count = 0;
        for (int i = 0; i < foundCount; i++) {
            final HybridSelectionKey key = found[i];
            if (key.isValid() && (all || key.hasNews(key.foundOps))) {
                count++;
            }
        }
        return count;
    }

    int foundCount() {
        return foundCount;
    }

    HybridSelectionKey found(final int index) {
        return found[index];
    }

    void clearFound() {
        for (int i = 0; i < foundCount; i++) {
            found[i].foundOps = 0;
        }
        Arrays.fill(found, 0, foundCount, null);
        foundCount = 0;
    }

    /**
     * A raw kernel channel that was closed while this selector waited has lost its inner key before ours, and so missed
     * the moment when it gives its descriptor back. Reachable only where {@code sun.nio.ch} is exported, which it is
     * wherever raw kernel channels come from the default provider.
     */
    void releaseIfClosed(final SelectableChannel channel) {
        if (!channel.isOpen() && !((AbstractSelectableChannel) channel).isRegistered()) {
            try {
                final Method kill = Class.forName("sun.nio.ch.SelChImpl").getMethod("kill");
                kill.invoke(channel);
            } catch (final ReflectiveOperationException | RuntimeException e) {
                // Not exported: the descriptor goes with the process.
                return;
            }
        }
    }

    void close() throws IOException {
        final Selector closing;
        synchronized (this) {
            closed = true;
            closing = selector;
        }
        if (closing != null) {
            closing.close();
        }
    }
}
