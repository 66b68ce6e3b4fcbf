package io.holdfast.tcp.recovery;

/** State of the sender's loss recovery; numbers are Linux's {@code tcpi_ca_state}. */
public enum RecoveryState {
    OPEN(0), DISORDER(1), CWR(2), RECOVERY(3), LOSS(4);

    private final int code;

    RecoveryState(final int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
