package io.holdfast.stack;

/** Where a shard's frames come from: its device, or the ring that a receiver thread fills. With the baton only. */
interface FrameSource {
    /**
     * Handles the frames that are there.
     *
     * @param limit frames at most
     * @return frames handled
     */
    int drain(int limit, Network network, long nowNs);
}
