package io.holdfast.stack;

import io.holdfast.link.FrameSlot;
import io.holdfast.link.Link;

/**
 * Frames straight from the device, through one slot, handled by the thread that took them: the slot stays in the cache,
 * and nothing is queued within one thread.
 */
final class DirectFrameSource implements FrameSource {
    /** Bytes after which a drain ends: a sender waits for the acknowledgement that follows. */
    static final int BYTE_LIMIT = 1 << 20;

    private final Link link;
    private final FrameSlot slot = new FrameSlot();

    DirectFrameSource(final Link link) {
        this.link = link;
    }

    @Override
    public int drain(final int limit, final Network network, final long nowNs) {
        int n = 0;
        int bytes = 0;
        while (n < limit && bytes < BYTE_LIMIT) {
            slot.clear();
            if (!link.receive(slot)) {
                break;
            }
            bytes += slot.length;
            network.onFrame(slot, nowNs);
            n++;
        }
        network.listened(nowNs);
        return n;
    }
}
