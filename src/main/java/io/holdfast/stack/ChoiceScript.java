package io.holdfast.stack;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * What an application on a backup is to be told by clocks and random generators while it serves a connection: what the
 * primary's application was told, in that order. The shard adds, the thread that serves the connection takes, and waits for what the
 * primary has not drawn yet.
 */
public final class ChoiceScript {
    /** One answer of a clock or a generator. */
    public record Choice(int kind, long value, byte[] bytes) {
    }

    private final Queue<Choice> choices = new ConcurrentLinkedQueue<>();
    private volatile boolean live;
    private volatile Thread waiting;

    /** The primary's application was told this. Shard only. */
    public void add(final Choice choice) {
        choices.add(choice);
        LockSupport.unpark(waiting);
    }

    /** Forgets all, before anybody asks. Shard only. */
    public void clear() {
        choices.clear();
    }

    /** Nothing is left to be played. */
    boolean over() {
        return live && choices.isEmpty();
    }

    /** There will be no more. Shard only. */
    public void goLive() {
        live = true;
        LockSupport.unpark(waiting);
    }

    /** The next answer; null if the script is over, and the application may be told what is so here. */
    public Choice take() {
        boolean interrupted = false;
        try {
            while (true) {
                // Before the queue: what was added before the end is seen.
                final boolean last = live;
                final Choice choice = choices.poll();
                if (choice != null || last) {
                    return choice;
                }
                waiting = Thread.currentThread();
                if (choices.isEmpty() && !live) {
                    LockSupport.park(this);
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            waiting = null;
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
