package io.holdfast.tcp;

/** Why a connection failed, with Linux's errno. */
public enum TcpError {
    CONNECTION_RESET(104, "Connection reset by peer"),
    CONNECTION_REFUSED(111, "Connection refused"),
    TIMED_OUT(110, "Connection timed out"),
    HOST_UNREACHABLE(113, "No route to host"),
    NETWORK_UNREACHABLE(101, "Network is unreachable"),
    PROTOCOL_UNREACHABLE(92, "Protocol not available"),
    /** Reset after the peer's FIN: what was written can no longer arrive. */
    BROKEN_PIPE(32, "Broken pipe"),
    /** Ended by this host. */
    ABORTED(103, "Software caused connection abort");

    private final int errno;
    private final String message;

    TcpError(final int errno, final String message) {
        this.errno = errno;
        this.message = message;
    }

    public int errno() {
        return errno;
    }

    public String message() {
        return message;
    }
}
