package io.holdfast.link.tap;

import java.io.IOException;

/** A TAP device could not be opened or set up; the message says why, and what to do. */
public final class TapException extends IOException {
    private static final long serialVersionUID = 1L;

    TapException(final String message) {
        super(message);
    }
}
