package io.holdfast.socket;

import io.holdfast.counters.Counters;
import io.holdfast.stack.StackConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A running stack: where sockets come from. Any thread.
 */
public final class HoldfastStack implements AutoCloseable {
    private HoldfastStack() {
    }

    /** Starts a stack on the device that the configuration names. */
    public static HoldfastStack start(final StackConfig config) {
        throw new UnsupportedOperationException("contract only");
    }

    /** Is this one of the addresses the stack answers for? What NIO and java.net ask to choose between stack and kernel. */
    public boolean owns(final java.net.InetAddress address) {
        throw new UnsupportedOperationException("contract only");
    }

    public StreamSocket openStream() {
        throw new UnsupportedOperationException("contract only");
    }

    public ListenerSocket openListener() {
        throw new UnsupportedOperationException("contract only");
    }

    public DatagramSocket openDatagram() {
        throw new UnsupportedOperationException("contract only");
    }

    public Waiter newWaiter() {
        throw new UnsupportedOperationException("contract only");
    }

    /**
     * Waits until the waiter is woken, the time is up, or the thread is interrupted (whose status stays set). Platform
     * threads may run the shard meanwhile; virtual ones park.
     *
     * @param timeoutNs negative: no limit
     * @return true if it was woken
     */
    public boolean await(final Waiter waiter, final long timeoutNs) {
        throw new UnsupportedOperationException("contract only");
    }

    // --- insight, for ops; any thread ---

    /** The counters of the shard, live. */
    public Counters counters() {
        throw new UnsupportedOperationException("contract only");
    }

    /** Every socket there is, at about one moment: listeners, connections (TIME-WAIT too), datagram sockets. */
    public List<SocketEntry> sockets() {
        throw new UnsupportedOperationException("contract only");
    }

    /** Writes every frame of the device to a new pcapng file, until stopped. One capture at a time. */
    public void startCapture(final Path file) throws IOException {
        throw new UnsupportedOperationException("contract only");
    }

    /** Ends the capture and completes its file. No effect if there is none. */
    public void stopCapture() throws IOException {
        throw new UnsupportedOperationException("contract only");
    }

    // --- INVOKER mode only: the caller is the shard's thread, and time is what it says ---

    /** One duty cycle at that time. Returns the amount of work done, 0 if there was none. */
    public int invoke(final long nowNs) {
        throw new UnsupportedOperationException("contract only");
    }

    /** When {@link #invoke} is wanted next although no frame comes; {@code Deadline.NONE} if never. */
    public long nextDeadlineNs() {
        throw new UnsupportedOperationException("contract only");
    }

    /** Closes every socket (connections are reset), then the device. */
    @Override
    public void close() {
        throw new UnsupportedOperationException("contract only");
    }
}
