package io.holdfast.tcp;

/** What the halves of a connection may do to the whole: change its state, end it, tell the application. */
interface Lifecycle {
    /** The one method that changes {@link Tcb#state}; the arrow must exist in {@link TcpState#mayBecome}. */
    void enter(TcpState state);

    /** Ends the connection with an error the application sees. Sends nothing. */
    void fail(TcpError error);

    /** Why the connection failed; null if it did not. */
    TcpError error();

    /** Reaches CLOSED in good order. */
    void finish();

    /** The same from TIME-WAIT; later, if the application has yet to do again what it did on another host. */
    void endTimeWait(long nowNs);

    /** Adds to {@link TcpConnection#takeEvents()}. */
    void raise(int events);

    /** TIME-WAIT that was held back, if the application has done again by now what it did on another host. */
    void tellHeldTimeWait();
}
