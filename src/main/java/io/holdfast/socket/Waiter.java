package io.holdfast.socket;

import io.holdfast.stack.BatonWaiter;

/**
 * What a thread waits with: {@link HoldfastStack#await} returns once {@link #wake()} was called. A wake-up before the
 * wait is not lost. A selector has one and wakes it from its readiness listeners; while it waits, its thread may be the
 * one that runs the shard, so that its own packets reach it without a hand-off.
 */
public final class Waiter {
    final BatonWaiter inner;

    Waiter(final BatonWaiter inner) {
        this.inner = inner;
    }

    /** Any thread. Cheap if the waiter's thread is the caller or is not waiting. */
    public void wake() {
        inner.wake();
    }
}
