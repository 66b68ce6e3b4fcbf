package io.holdfast.socket;

import java.io.Closeable;

/** Any socket of a stack. */
interface StackSocket extends Closeable {
    /** An error has stopped the stack: whoever waits for this socket is to look at it again. */
    void onStackStopped();
}
