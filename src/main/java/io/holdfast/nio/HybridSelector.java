package io.holdfast.nio;

import io.holdfast.replay.Choices;
import io.holdfast.socket.HoldfastStack;
import io.holdfast.socket.Waiter;
import io.holdfast.stack.StackRoom;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.IllegalSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * One selector for channels of the stack and of the kernel.
 *
 * <p>Stack channels come to it: whoever runs the shard pushes a key that may be ready on a lock-free stack of keys
 * ({@link #enqueue}). A selection takes those, adds them to the candidates of earlier selections that were ready, and
 * asks each candidate's channel what is ready now; one that has nothing leaves until it is pushed again. So selection
 * is level-triggered, and costs what is ready, not what is registered.
 *
 * <p>While no kernel channel is registered the selecting thread waits in {@link HoldfastStack#await}, where it may run
 * the shard itself. With kernel channels it waits in a kernel selector, which is woken for stack events only while it
 * is waited in.
 *
 * <p>Threads: as {@link Selector} says; one selects at a time, any thread registers, cancels, wakes up.
 */
final class HybridSelector extends AbstractSelector implements HybridSelectionKey.Owner {
    private static final int NOW = 0;
    private static final int FOREVER = -1;
    private static final VarHandle HEAD;

    static {
        try {
            HEAD = MethodHandles.lookup().findVarHandle(HybridSelector.class, "head", HybridSelectionKey.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final HybridProvider hybridProvider;
    private final HoldfastStack stack;
    private final Waiter waiter;
    private final Set<SelectionKey> keys = ConcurrentHashMap.newKeySet();
    private final Set<SelectionKey> publicKeys = Collections.unmodifiableSet(keys);
    private final SelectedKeys selectedKeys = new SelectedKeys();
    private final KernelSide kernel;
    private final List<HybridSelectionKey> flushing = new ArrayList<>();
    private final BooleanSupplier news = this::hasNews;

    /** Top of the stack of keys that may be ready, linked through {@link HybridSelectionKey#next}. */
    private volatile HybridSelectionKey head;
    private volatile boolean wokenUp;
    private HybridSelectionKey[] candidates = new HybridSelectionKey[64];
    private int candidateCount;
    private boolean selecting;

    HybridSelector(final HybridProvider provider) {
        super(provider);
        hybridProvider = provider;
        stack = provider.stack();
        waiter = stack.newWaiter();
        kernel = new KernelSide(provider.kernel());
    }

    // --- what channels and keys call, on any thread ---

    @Override
    public void enqueue(final HybridSelectionKey key) {
        if (key.markQueued()) {
            HybridSelectionKey top;
            do {
                top = head;
                key.next = top;
            } while (!HEAD.compareAndSet(this, top, key));
        }
    }

    @Override
    public void signal() {
        if (!kernel.wakeUpIfWaiting()) {
            waiter.wake();
        }
    }

    @Override
    public SelectionKey registerInner(final SelectableChannel channel, final int ops, final HybridSelectionKey key) {
        try {
            final SelectionKey inner = kernel.register(channel, ops, key);
            signal();
            return inner;
        } catch (final ClosedChannelException e) {
            return null;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void innerLeft() {
        kernel.left();
        signal();
    }

    @Override
    protected SelectionKey register(final AbstractSelectableChannel channel, final int ops, final Object attachment) {
        StackRoom.forChannel();
        if (!isOpen()) {
            throw new ClosedSelectorException();
        }
        final boolean ours = channel instanceof HybridChannel && channel.provider() == hybridProvider;
        if (!ours && channel.provider() != hybridProvider.kernel()) {
            throw new IllegalSelectorException();
        }
        final HybridSelectionKey key = new HybridSelectionKey(this, this, channel);
        key.attach(attachment);
        keys.add(key);
        // Listed with the channel first: whatever it is ready for before that, the interest makes the selection find.
        if (ours) {
            key.hybrid().addKey(key);
        } else {
            key.attachKernel(channel);
        }
        key.interest(ops);
        if (!isOpen()) {
            keys.remove(key);
            key.detachKernel();
            throw new ClosedSelectorException();
        }
        return key;
    }

    @Override
    public Selector wakeup() {
        if (!wokenUp) {
            wokenUp = true;
            try {
                signal();
            } catch (final Error e) {
                // No stack left, perhaps in a thread that interrupts another: the next one must try.
                wokenUp = false;
                throw e;
            }
        }
        return this;
    }

    // --- selection ---

    @Override
    public Set<SelectionKey> keys() {
        ensureOpen();
        return publicKeys;
    }

    @Override
    public Set<SelectionKey> selectedKeys() {
        ensureOpen();
        return selectedKeys;
    }

    @Override
    public int selectNow() throws IOException {
        return lockAndSelect(null, NOW);
    }

    @Override
    public int select() throws IOException {
        return lockAndSelect(null, FOREVER);
    }

    @Override
    public int select(final long timeoutMs) throws IOException {
        return lockAndSelect(null, timeout(timeoutMs));
    }

    @Override
    public int selectNow(final Consumer<SelectionKey> action) throws IOException {
        return lockAndSelect(Objects.requireNonNull(action), NOW);
    }

    @Override
    public int select(final Consumer<SelectionKey> action) throws IOException {
        return lockAndSelect(Objects.requireNonNull(action), FOREVER);
    }

    @Override
    public int select(final Consumer<SelectionKey> action, final long timeoutMs) throws IOException {
        return lockAndSelect(Objects.requireNonNull(action), timeout(timeoutMs));
    }

    /** Selector's 0 means no limit. */
    private static long timeout(final long timeoutMs) {
        if (timeoutMs < 0) {
            throw new IllegalArgumentException("negative timeout");
        }
        return timeoutMs == 0 ? FOREVER : timeoutMs;
    }

    private int lockAndSelect(final Consumer<SelectionKey> action, final long timeoutMs) throws IOException {
        StackRoom.forChannel();
        synchronized (this) {
            ensureOpen();
            if (selecting) {
                throw new IllegalStateException("select in progress");
            }
            selecting = true;
            try {
                synchronized (selectedKeys) {
                    return doSelect(action, timeoutMs);
                }
            } finally {
                selecting = false;
            }
        }
    }

    private int doSelect(final Consumer<SelectionKey> action, final long timeoutMs) throws IOException {
        kernel.clearFound();
        flushCancelled();
        if (find(true) == 0 && timeoutMs != NOW && !wokenUp) {
            waitAndFind(true, timeoutMs);
        }
        wokenUp = false;
        Choices.servingNobody();
        return report(action);
    }

    private void waitAndFind(final boolean all, final long timeoutMs) throws IOException {
        final long limitNs = timeoutMs == FOREVER ? -1 : Math.min(timeoutMs, Long.MAX_VALUE / 2_000_000) * 1_000_000;
        final long startNs = limitNs < 0 ? 0 : System.nanoTime();
        long leftNs = limitNs;
        int found = 0;
        try {
            while (found == 0 && !wokenUp && isOpen() && (limitNs < 0 || leftNs > 0)) {
                // Each time: the kernel's selector has put itself in this one's place as what an interrupt wakes up. It is woken
                // up here if the thread was interrupted in between, and the status stays set.
                begin();
                if (wokenUp) {
                    break;
                }
                if (kernel.isEmpty()) {
                    stack.await(waiter, leftNs);
                } else {
                    kernel.await(leftNs, news);
                }
                flushCancelled();
                found = find(all);
                if (limitNs >= 0) {
                    leftNs = limitNs - (System.nanoTime() - startNs);
                }
            }
        } finally {
            end();
        }
    }

    private boolean hasNews() {
        return head != null || wokenUp;
    }

    /**
     * Notes in each key what of its interest is ready now.
     *
     * @param all count keys too that are selected already, with nothing new
     * @return the number of keys that have something to report
     */
    private int find(final boolean all) throws IOException {
        kernel.poll();
        takeQueued();
        int kept = 0;
        int found = kernel.found(all);
        for (int i = 0; i < candidateCount; i++) {
            final HybridSelectionKey key = candidates[i];
            final int ops = key.isValid() ? key.stackReadyOps() : 0;
            if (ops == 0) {
                key.candidate = false;
            } else {
                key.foundOps = ops;
                candidates[kept++] = key;
                if (all || key.hasNews(ops)) {
                    found++;
                }
            }
        }
        Arrays.fill(candidates, kept, candidateCount, null);
        candidateCount = kept;
        return found;
    }

    /** Takes all queued keys, in the order they came, as candidates. */
    private void takeQueued() {
        if (head == null) {
            return;
        }
        HybridSelectionKey key = (HybridSelectionKey) HEAD.getAndSet(this, null);
        HybridSelectionKey first = null;
        while (key != null) {
            final HybridSelectionKey next = key.next;
            key.next = first;
            first = key;
            key = next;
        }
        while (first != null) {
            final HybridSelectionKey next = first.next;
            first.next = null;
            // Before its readiness is looked at: what comes later queues it anew.
            first.unmarkQueued();
            if (!first.candidate) {
                first.candidate = true;
                if (candidateCount == candidates.length) {
                    candidates = Arrays.copyOf(candidates, candidateCount * 2);
                }
                candidates[candidateCount++] = first;
            }
            first = next;
        }
    }

    private int report(final Consumer<SelectionKey> action) {
        int reported = 0;
        final int kernelCount = kernel.foundCount();
        for (int i = 0; i < kernelCount; i++) {
            reported += report(kernel.found(i), action);
        }
        kernel.clearFound();
        final int count = candidateCount;
        for (int i = 0; i < count; i++) {
            reported += report(candidates[i], action);
        }
        return reported;
    }

    private int report(final HybridSelectionKey key, final Consumer<SelectionKey> action) {
        final int ops = key.foundOps;
        key.foundOps = 0;
        if (ops == 0 || !key.isValid()) {
            return 0;
        }
        if (action != null) {
            key.readyOps(ops);
            action.accept(key);
            ensureOpen();
            return 1;
        }
        if (key.selectedIndex < 0) {
            key.readyOps(ops);
            selectedKeys.select(key);
            return 1;
        }
        final int before = key.readyOpsUnchecked();
        key.readyOps(before | ops);
        return (ops & ~before) != 0 ? 1 : 0;
    }

    // --- ends ---

    /**
     * Forgets cancelled keys. The kernel's selector has to forget theirs before a closed channel behind a wrapper can be
     * registered anew; but a kernel channel registered as it is releases its descriptor only if its last key to go is the
     * kernel selector's, so ours goes first there.
     */
    private void flushCancelled() throws IOException {
        final Set<SelectionKey> cancelled = cancelledKeys();
        synchronized (cancelled) {
            if (cancelled.isEmpty()) {
                return;
            }
            for (final SelectionKey key : cancelled) {
                flushing.add((HybridSelectionKey) key);
            }
            cancelled.clear();
        }
        boolean detached = false;
        for (final HybridSelectionKey key : flushing) {
            keys.remove(key);
            selectedKeys.remove(key);
            if (key.hybrid() == null) {
                deregister(key);
            } else {
                key.hybrid().removeKey(key);
            }
            if (key.detachKernel()) {
                kernel.unregistered();
                detached = true;
            }
        }
        if (detached) {
            kernel.flush();
        }
        for (final HybridSelectionKey key : flushing) {
            if (key.hybrid() == null) {
                kernel.releaseIfClosed(key.channel());
            } else {
                deregister(key);
            }
        }
        flushing.clear();
    }

    @Override
    protected void implCloseSelector() throws IOException {
        wakeup();
        synchronized (this) {
            synchronized (selectedKeys) {
                for (final SelectionKey each : keys) {
                    final HybridSelectionKey key = (HybridSelectionKey) each;
                    key.detachKernel();
                    if (key.hybrid() != null) {
                        key.hybrid().removeKey(key);
                    }
                    deregister(key);
                }
                keys.clear();
                selectedKeys.clear();
                Arrays.fill(candidates, 0, candidateCount, null);
                candidateCount = 0;
                kernel.close();
            }
        }
    }

    private void ensureOpen() {
        if (!isOpen()) {
            throw new ClosedSelectorException();
        }
    }
}
