package io.holdfast.app.conformance;

import io.holdfast.socket.StreamSocket;
import java.io.IOException;

/** Why a stack socket failed. */
final class StreamErrors {
    private StreamErrors() {
    }

    /** 0 if it did not. */
    static int errno(final StreamSocket stream) {
        try {
            stream.finishConnect();
            return 0;
        } catch (final IOException e) {
            return Errno.of(e);
        }
    }
}
