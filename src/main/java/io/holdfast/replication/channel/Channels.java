package io.holdfast.replication.channel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.VarHandle;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;

/**
 * The connections to the other hosts, one a host and path. Used by one thread, {@link #wakeUp} apart; nothing here blocks but
 * {@link #poll}, for as long as it is told to. A path that is down comes up again by itself, as soon as the peer is
 * there. A host is its place in {@link ChannelConfig#others}.
 */
public final class Channels implements AutoCloseable {
    /** The longest message: 1 MiB of records and what stands before them. */
    public static final int MAX_MESSAGE_BYTES = ChannelLimits.MESSAGE_BYTES;
    /** The longest message that {@link #send} takes. */
    public static final int MAX_CONTROL_BYTES = 16 << 10;
    private static final long NS_PER_MS = 1_000_000;
    /** Spins in vain before the next ones are left out... */
    private static final int SPIN_CREDIT = 8;
    /** ...until a sleep turns out to have been this short, in spins: most of that was the waking up. */
    private static final int SHORT_SLEEP_SPINS = 4;
    private static final long MAX_WAIT_NS = 3_600_000 * NS_PER_MS;

    private final ChannelContext context;
    private final Selector selector;
    /** By path; null where there is none. */
    private final PathEnds[] paths = new PathEnds[Path.values().length];
    private final PathEnd[] ends;
    private final Consumer<SelectionKey> onReady = Channels::ready;
    private final long spinNs;
    private int spinCredit;
    /** Set by any thread, cleared before the handler is asked for what it has: whoever sees it set need not wake anybody. */
    private volatile boolean wakeRequested;
    private volatile boolean asleep;

    /**
     * Listens and begins to dial.
     *
     * @throws IllegalArgumentException naming the setting, if an address, certificate, key or trust file is of no use
     */
    public Channels(final ChannelConfig config, final Handler handler) {
        context = ChannelContext.of(config);
        selector = context.selector();
        spinNs = config.spinNs();
        final long nowNs = System.nanoTime();
        final List<PathEnd> all = new ArrayList<>();
        try {
            for (final Path path : Path.values()) {
                if (config.listen(path) != null) {
                    paths[path.ordinal()] = PathEnds.of(path, context, handler, nowNs);
                    all.addAll(List.of(paths[path.ordinal()].hosts()));
                }
            }
        } catch (final RuntimeException e) {
            close();
            throw e;
        }
        ends = all.toArray(new PathEnd[0]);
    }

    /**
     * Sends, waits for something to happen, receives, and sends again what the handler had to answer.
     *
     * @param timeoutNs how long to wait at most if there is nothing to do; 0 does not wait. The kernel's clock of waiting has
     *                  milliseconds: parts of one count as a whole.
     * @return messages sent and received, and other things done; 0 if there was nothing
     */
    public int poll(final long timeoutNs) {
        wakeRequested = false;
        VarHandle.fullFence();
        long nowNs = System.nanoTime();
        int work = transmit(nowNs);
        final boolean woken = select(work == 0 ? timeoutNs : 0, nowNs);
        nowNs = System.nanoTime();
        int received = 0;
        for (final PathEnds path : paths) {
            if (path != null) {
                path.accept(nowNs);
            }
        }
        for (final PathEnd end : ends) {
            received += end.receive(nowNs);
        }
        work += received;
        if (woken || received > 0) {
            work += transmit(nowNs);
        }
        return work;
    }

    /** Lets a {@link #poll} that waits, or the next one that is about to, return. Any thread; cheap if nobody sleeps. */
    public void wakeUp() {
        // What the caller has published must be there before it is decided that nobody needs to be told.
        VarHandle.fullFence();
        if (!wakeRequested) {
            wakeRequested = true;
            if (asleep) {
                selector.wakeup();
            }
        }
    }

    /**
     * Sends what {@link #send} has queued, and neither waits nor calls the handler: for one who is in a call of the handler,
     * and will be for a while.
     */
    public void sendQueued() {
        final long nowNs = System.nanoTime();
        for (final PathEnd end : ends) {
            end.sendQueued(nowNs);
        }
    }

    public boolean isUp(final int host, final Path path) {
        return paths[path.ordinal()] != null && paths[path.ordinal()].of(host).isUp();
    }

    /**
     * Queues a message ahead of what {@link Handler#fill} gives; it leaves with the next {@link #poll}.
     *
     * @param length 1 to {@link #MAX_CONTROL_BYTES}
     * @return false if the path is not up, or its queue is full because the peer does not read
     */
    public boolean send(final int host, final Path path, final DirectBuffer buffer, final int offset, final int length) {
        if (length <= 0 || length > MAX_CONTROL_BYTES) {
            throw new IllegalArgumentException("a control message of " + length + " bytes; 1 to " + MAX_CONTROL_BYTES);
        }
        return paths[path.ordinal()] != null && paths[path.ordinal()].of(host).send(buffer, offset, length);
    }

    /** Closes the path's connection, if it is up, and tells the handler so; it is made anew. */
    public void drop(final int host, final Path path, final String reason) {
        if (paths[path.ordinal()] != null) {
            paths[path.ordinal()].of(host).drop(reason, System.nanoTime());
        }
    }

    /** The host's node name as it greeted or was configured; null if it is not known yet. */
    public String peerNode(final int host) {
        return context.peers().get(host).peer();
    }

    /** Closes everything, without a word to the handler. By the thread that polls, or when none does any more. */
    @Override
    public void close() {
        for (final PathEnds path : paths) {
            if (path != null) {
                path.close();
            }
        }
        try {
            selector.close();
        } catch (final IOException e) {
            throw new UncheckedIOException("the kernel's selector cannot be closed", e);
        }
    }

    private int transmit(final long nowNs) {
        int work = 0;
        // What one path has in bulk takes milliseconds: a heartbeat on the other one does not wait for that.
        for (final PathEnd end : ends) {
            end.sendControl(nowNs);
        }
        for (final PathEnd end : ends) {
            work += end.transmit(nowNs);
        }
        return work;
    }

    /** True if something happened: a path is ready for something, or somebody wants attention. */
    private boolean select(final long timeoutNs, final long nowNs) {
        long waitNs = Math.min(timeoutNs, MAX_WAIT_NS);
        for (final PathEnds path : paths) {
            waitNs = path == null ? waitNs : Math.min(waitNs, path.listener().idleNs(nowNs));
        }
        for (final PathEnd end : ends) {
            waitNs = Math.min(waitNs, end.idleNs(nowNs));
        }
        try {
            if (waitNs <= 0 || wakeRequested) {
                return selector.selectNow(onReady) > 0 || wakeRequested;
            }
            return spin(Math.min(spinNs, waitNs), nowNs) || sleep(waitNs, nowNs);
        } catch (final IOException e) {
            throw new UncheckedIOException("the kernel's selector failed", e);
        }
    }

    /** True if something happened. Looks only while looking has been paying. */
    private boolean spin(final long lengthNs, final long startNs) throws IOException {
        while (spinCredit > 0 && System.nanoTime() - startNs < lengthNs) {
            if (selector.selectNow(onReady) > 0 || wakeRequested) {
                spinCredit = SPIN_CREDIT;
                return true;
            }
            Thread.onSpinWait();
        }
        spinCredit--;
        return false;
    }

    private boolean sleep(final long waitNs, final long startNs) throws IOException {
        final int ready;
        asleep = true;
        try {
            // Requests before this see nobody asleep and only leave their mark; those after it wake the selector.
            ready = wakeRequested
                ? selector.selectNow(onReady) : selector.select(onReady, (waitNs + NS_PER_MS - 1) / NS_PER_MS);
        } finally {
            asleep = false;
        }
        final boolean woken = ready > 0 || wakeRequested;
        if (woken && System.nanoTime() - startNs < SHORT_SLEEP_SPINS * spinNs) {
            spinCredit = SPIN_CREDIT;
        }
        return woken;
    }

    private static void ready(final SelectionKey key) {
        if (!key.isValid()) {
            return;
        }
        if (key.attachment() instanceof Connection) {
            ((Connection) key.attachment()).ready(key.readyOps());
        } else if (key.attachment() instanceof PeerLine) {
            ((PeerLine) key.attachment()).ready();
        } else {
            ((PathListener) key.attachment()).acceptable();
        }
    }
}
