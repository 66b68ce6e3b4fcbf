package io.holdfast.app.conformance;

import java.net.InetSocketAddress;

/**
 * A socket as Linux's socket layer presents it: errors as errno, blocking left to the caller, who tries again. Under the
 * session's lock.
 */
abstract class SocketHandle {
    /** RECV and SEND flags. */
    static final int PEEK = 1;
    static final int DONTWAIT = 2;
    static final int TRUNC = 4;
    static final int WAITALL = 8;
    static final int OOB = 16;
    static final int MORE = 32;
    static final int EOR = 64;
    static final int FASTOPEN = 128;

    /** POLL bits, Linux's. */
    static final int POLLIN = 1;
    static final int POLLOUT = 4;
    static final int POLLERR = 8;
    static final int POLLHUP = 16;
    static final int POLLNVAL = 32;
    static final int POLLRDHUP = 0x2000;

    /** The protocol's family: 4, 6, or 0 for both. */
    final int family;
    boolean nonBlocking;
    private int users;
    private boolean closed;

    SocketHandle(final int family) {
        this.family = family;
    }

    abstract void bind(InetSocketAddress local) throws ErrnoException;

    abstract void listen(int backlog) throws ErrnoException;

    /** The next connection, or null if there is none. */
    abstract SocketHandle accept() throws ErrnoException;

    /** The other end; NONE if there is none. */
    abstract Address peer();

    /**
     * Begins to connect, or goes on with it.
     *
     * @param remote null dissolves
     * @return 0 once connected, otherwise the errno that a non-blocking call ends with
     */
    abstract int connect(InetSocketAddress remote) throws ErrnoException;

    /** Whether a connect under way has ended. */
    abstract boolean connected() throws ErrnoException;

    /** Takes, or peeks at, received bytes; returns false if there are none and the caller has to wait. */
    abstract boolean receive(Receipt receipt) throws ErrnoException;

    /**
     * Sends bytes from {@code offset} on.
     *
     * @return bytes taken, or -1 if the caller has to wait
     */
    abstract int send(byte[] data, int offset, int flags, InetSocketAddress destination) throws ErrnoException;

    /** {@code how}: 0 read, 1 write, 2 both. */
    abstract void shutdown(int how) throws ErrnoException;

    abstract void option(String name, byte[] value) throws ErrnoException;

    /** The value, or null for TCP_INFO, which {@link #info} gives. */
    abstract byte[] option(String name) throws ErrnoException;

    abstract TcpInfoKeys info() throws ErrnoException;

    /** The stack took a packet in. As on the kernel, bytes that MSG_MORE held back are released. */
    void packetArrived() {
    }

    /** Returns all poll bits that are set now. */
    abstract int poll();

    /** Closes for the application, once, when no call uses the handle any more. */
    protected abstract void closeNow();

    /** Nanoseconds that close waits for the peer to take everything; 0 if it does not wait. */
    abstract long lingerNs();

    /** Returns whether, after close, sent bytes still wait for an acknowledgement. */
    abstract boolean lingering();

    /** A blocking call begins to use the socket: as with the kernel's file references, close takes effect after it. */
    final void acquire() {
        users++;
    }

    final void release() {
        users--;
        if (closed && users == 0) {
            closeNow();
        }
    }

    /** Returns false if the close has to wait for calls that use the socket. */
    final boolean close() {
        closed = true;
        if (users == 0) {
            closeNow();
            return true;
        }
        return false;
    }
}
