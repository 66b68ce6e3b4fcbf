package io.holdfast.nio;

import java.nio.channels.SelectableChannel;

/** What the selector asks of a channel that may belong to either world. Any thread. */
interface HybridChannel {
    /** Lets the channel tell this key when it becomes ready; a key of a kernel channel is handed to the kernel's selector. */
    void addKey(HybridSelectionKey key);

    void removeKey(HybridSelectionKey key);

    /** Operations ready now, of a stack channel; 0 for one that is undecided or the kernel's. */
    int readyOps();

    /** Selection-key operations that those bits of readiness may mean; asked by the thread that runs the shard. */
    int opsOf(int readiness);

    /** The kernel's channel behind this one, or null. */
    SelectableChannel kernelChannel();
}
