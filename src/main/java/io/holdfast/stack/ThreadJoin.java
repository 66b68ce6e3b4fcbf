package io.holdfast.stack;

/** Waits for a thread's end without swallowing an interrupt. */
final class ThreadJoin {
    private ThreadJoin() {
    }

    static void join(final Thread thread) {
        boolean interrupted = false;
        while (thread != null && thread != Thread.currentThread() && thread.isAlive()) {
            try {
                thread.join();
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
