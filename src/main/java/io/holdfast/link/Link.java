package io.holdfast.link;

/**
 * A network device, as the shard sees it. {@link #receive}, {@link #transmit} and {@link #await} are for the thread
 * that runs the shard ({@code await} without the baton: it may run beside a receive or transmit of another thread);
 * {@link #wakeUp} is for any thread. Implementations never throw because of a frame's contents.
 */
public interface Link extends AutoCloseable {
    /** May change when a device refuses an offload that it had declared; read it again for each burst. */
    LinkCapabilities capabilities();

    /**
     * Takes one frame if there is one. Never blocks.
     *
     * @param slot filled with the frame and its offload hints
     * @return false if nothing was there
     */
    boolean receive(FrameSlot slot);

    /**
     * Sends one frame, whose memory may be reused as soon as this returns. Never blocks.
     *
     * @return false if the device's queue was full, and the frame was not taken
     */
    boolean transmit(OutboundFrame frame);

    /**
     * Sleeps until a frame can be received, {@link #wakeUp()} is called, or the time is up. A wake-up before the call is
     * not lost. May return early.
     *
     * @param timeoutNs longest sleep; 0 only looks
     */
    void await(long timeoutNs);

    /** Ends the current or the next {@link #await}. Cheap enough to call needlessly, but it may cost a system call. */
    void wakeUp();

    /** Whether the device says itself that it carries nothing: it was deleted, or is down. Any thread. */
    default boolean isDown() {
        return false;
    }

    @Override
    void close();
}
