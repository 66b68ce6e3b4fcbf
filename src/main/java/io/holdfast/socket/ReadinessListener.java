package io.holdfast.socket;

/** Told by the thread that runs the shard when bits of readiness come to be set. Must neither block nor throw. */
public interface ReadinessListener {
    /**
     * @param ready the bits that are new; the current ones are {@code socket.readiness()}
     */
    void onReady(int ready);
}
