package io.holdfast.app.conformance;

/** A call ended with a Linux error number. Control flow, so without a stack trace. */
final class ErrnoException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int errno;

    ErrnoException(final int errno) {
        super("errno " + errno, null, false, false);
        this.errno = errno;
    }

    /** Positive. */
    int errno() {
        return errno;
    }
}
