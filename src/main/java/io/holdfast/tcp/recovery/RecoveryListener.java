package io.holdfast.tcp.recovery;

/** Learns what happened to a connection's segments, to count it. Called on the owner's thread; must not call back. */
@FunctionalInterface
public interface RecoveryListener {
    RecoveryListener NONE = (event, count) -> {
    };

    /**
     * @param event what happened
     * @param count how often, or to how many segments
     */
    void onRecoveryEvent(RecoveryEvent event, int count);
}
