package io.holdfast.tcp;

import java.util.EnumSet;
import java.util.Set;

/** The states of RFC 9293 3.3.2, with the numbers Linux reports in {@code tcpi_state}. */
public enum TcpState {
    /** No connection: before the first segment, after the last. */
    CLOSED(7),
    /** A listener waits; connections are never in this state. */
    LISTEN(10),
    /** A SYN was sent. */
    SYN_SENT(2),
    /** A SYN was received and answered. */
    SYN_RECEIVED(3),
    /** Data flows both ways. */
    ESTABLISHED(1),
    /** This side closed; its FIN is not acknowledged. */
    FIN_WAIT_1(4),
    /** This side closed, and the peer knows; the peer may still send. */
    FIN_WAIT_2(5),
    /** The peer closed; this side may still send. */
    CLOSE_WAIT(8),
    /** Both closed at once; this side's FIN is not acknowledged. */
    CLOSING(11),
    /** The peer closed first, then this side; its FIN is not acknowledged. */
    LAST_ACK(9),
    /** Both closed; old duplicates are waited out. */
    TIME_WAIT(6);

    private static final Set<TcpState> SYNCHRONIZED = EnumSet.of(
        ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT);

    static {
        CLOSED.next = EnumSet.of(SYN_SENT, SYN_RECEIVED);
        LISTEN.next = EnumSet.noneOf(TcpState.class);
        SYN_SENT.next = EnumSet.of(SYN_RECEIVED, ESTABLISHED, CLOSED);
        SYN_RECEIVED.next = EnumSet.of(ESTABLISHED, FIN_WAIT_1, CLOSED);
        ESTABLISHED.next = EnumSet.of(FIN_WAIT_1, CLOSE_WAIT, CLOSED);
        FIN_WAIT_1.next = EnumSet.of(FIN_WAIT_2, CLOSING, TIME_WAIT, CLOSED);
        FIN_WAIT_2.next = EnumSet.of(TIME_WAIT, CLOSED);
        CLOSE_WAIT.next = EnumSet.of(LAST_ACK, CLOSED);
        CLOSING.next = EnumSet.of(TIME_WAIT, CLOSED);
        LAST_ACK.next = EnumSet.of(CLOSED);
        TIME_WAIT.next = EnumSet.of(CLOSED);
    }

    private final int code;
    private Set<TcpState> next;

    TcpState(final int code) {
        this.code = code;
    }

    /** Linux's number, stable. */
    public int code() {
        return code;
    }

    /**
     * @throws IllegalArgumentException if no state has that number
     */
    static TcpState ofCode(final int code) {
        for (final TcpState state : values()) {
            if (state.code == code) {
                return state;
            }
        }
        throw new IllegalArgumentException("no TCP state has number " + code);
    }

    /** Is the change to {@code state} an arrow of RFC 9293 figure 5 (every state may also fall to CLOSED)? */
    public boolean mayBecome(final TcpState state) {
        return next.contains(state);
    }

    /** Both sides have exchanged SYNs. */
    public boolean isSynchronized() {
        return SYNCHRONIZED.contains(this);
    }

    /** Data queued by the application may leave (again). */
    public boolean maySendData() {
        return this == ESTABLISHED || this == CLOSE_WAIT || this == FIN_WAIT_1 || this == CLOSING || this == LAST_ACK;
    }

    /** The peer may still send data. */
    public boolean mayReceiveData() {
        return this == ESTABLISHED || this == FIN_WAIT_1 || this == FIN_WAIT_2;
    }
}
