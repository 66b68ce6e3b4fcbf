package io.holdfast.tcp;

/** The states of RFC 9293 3.3.2, with the numbers Linux reports in {@code tcpi_state}. */
public enum TcpState {
    CLOSED(7), LISTEN(10), SYN_SENT(2), SYN_RECEIVED(3), ESTABLISHED(1), FIN_WAIT_1(4), FIN_WAIT_2(5), CLOSE_WAIT(8),
    CLOSING(11), LAST_ACK(9), TIME_WAIT(6);

    private final int code;

    TcpState(final int code) {
        this.code = code;
    }

    /** Linux's number, stable. */
    public int code() {
        return code;
    }
}
