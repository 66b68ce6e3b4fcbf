package io.holdfast.stack;

import io.holdfast.link.FrameSlot;
import io.holdfast.link.Link;

/**
 * Frames straight from the device, through one slot, handled by the thread that took them: the slot stays in the cache,
 * and nothing is queued within one thread.
 */
final class DirectFrameSource implements FrameSource {
    private final Link link;
    private final FrameSlot slot = new FrameSlot();

    DirectFrameSource(final Link link) {
        this.link = link;
    }

    @Override
    public int drain(final int limit, final Network network, final long nowNs) {
        int n = 0;
        while (n < limit) {
            slot.clear();
            if (!link.receive(slot)) {
                break;
            }
            network.onFrame(slot, nowNs);
            n++;
        }
        return n;
    }
}
