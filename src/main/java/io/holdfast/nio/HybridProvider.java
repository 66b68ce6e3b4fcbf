package io.holdfast.nio;

import io.holdfast.socket.AddressPolicy;
import io.holdfast.socket.HoldfastStack;
import java.nio.channels.spi.SelectorProvider;

/** What the channels and selectors of one provider share. Any thread. */
abstract class HybridProvider extends SelectorProvider {
    abstract HoldfastStack stack();

    /** The kernel's provider, beside the stack. */
    abstract SelectorProvider kernel();

    /** Which sockets are the stack's. */
    abstract AddressPolicy policy();

    abstract StackOptions options();
}
