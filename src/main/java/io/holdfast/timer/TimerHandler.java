package io.holdfast.timer;

/** Told which timers are due. */
@FunctionalInterface
public interface TimerHandler {
    /**
     * The timer of {@code id} is due and no longer set. The handler may schedule and cancel any timer, this one too.
     *
     * @param nowNs the time that {@link TimerQueue#poll} was given
     */
    void onTimer(int id, long nowNs);
}
