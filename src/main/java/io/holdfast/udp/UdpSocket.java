package io.holdfast.udp;

import io.holdfast.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The core of one datagram socket: its ends, its options and its receive queue. Made by {@link UdpLayer#open}; binding,
 * connecting, sending and closing go through {@link UdpLayer} on the shard's thread. {@link #receive},
 * {@link #readable()}, {@link #takeError()} and the options are for any thread, receiving for one at a time.
 */
public final class UdpSocket {
    /** Linux: {@code net.core.rmem_default}. */
    public static final int DEFAULT_RECEIVE_BUFFER_BYTES = 212_992;

    /** Told on the shard's thread. */
    public interface Listener {
        /** A datagram or an error has arrived. */
        void onReadable();
    }

    final DatagramQueue queue = new DatagramQueue(DEFAULT_RECEIVE_BUFFER_BYTES);
    private final AtomicReference<UdpError> error = new AtomicReference<>();
    private final Listener listener;

    // Written by the shard's thread alone.
    volatile IpAddress localAddress = IpAddress.ANY;
    volatile int localPort;
    /** The address bound to, to which disconnecting returns. */
    IpAddress boundAddress = IpAddress.ANY;
    /** Null if not connected. */
    volatile IpAddress remoteAddress;
    volatile int remotePort;
    volatile boolean closed;
    boolean reuseAddress;
    /** The next socket with the same port. */
    UdpSocket next;

    private volatile boolean broadcast;
    private volatile int trafficClass;
    private volatile int hopLimit;

    UdpSocket(final Listener listener) {
        this.listener = listener;
    }

    /**
     * Takes the oldest datagram; what does not fit into {@code target} is lost.
     *
     * @param datagram filled with where it came from
     * @return false if there is none
     */
    public boolean receive(final ByteBuffer target, final Datagram datagram) {
        return queue.poll(target, datagram);
    }

    /** A datagram or an error is there. */
    public boolean readable() {
        return !queue.isEmpty() || error.get() != null;
    }

    /** The error that an ICMP message reported for the connected peer, once; null if there is none. */
    public UdpError takeError() {
        return error.getAndSet(null);
    }

    void fail(final UdpError cause) {
        error.set(cause);
        listener.onReadable();
    }

    void onQueued() {
        listener.onReadable();
    }

    /** {@link IpAddress#ANY} while bound to the wildcard. */
    public IpAddress localAddress() {
        return localAddress;
    }

    /** 0 while not bound. */
    public int localPort() {
        return localPort;
    }

    /** Null while not connected. */
    public IpAddress remoteAddress() {
        return remoteAddress;
    }

    public int remotePort() {
        return remotePort;
    }

    public boolean isClosed() {
        return closed;
    }

    /** Most bytes queued for the application, with some overhead for each datagram (SO_RCVBUF). */
    public int receiveBuffer() {
        return queue.limit();
    }

    public void receiveBuffer(final int bytes) {
        queue.limit(bytes);
    }

    /** Whether sending to broadcast addresses is allowed (SO_BROADCAST). */
    public boolean broadcast() {
        return broadcast;
    }

    public void broadcast(final boolean on) {
        broadcast = on;
    }

    /** Sets DSCP and ECN of sent datagrams (IP_TOS). */
    public int trafficClass() {
        return trafficClass;
    }

    public void trafficClass(final int value) {
        trafficClass = value & 0xFF;
    }

    /** Sets the hop limit of sent datagrams; 0 for the default. */
    public int hopLimit() {
        return hopLimit;
    }

    public void hopLimit(final int value) {
        hopLimit = value;
    }
}
