package io.holdfast.app.conformance;

/** The peer sent bytes that are no frame: its connection ends. */
final class MalformedFrameException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedFrameException(final String message) {
        super(message, null, false, false);
    }
}
