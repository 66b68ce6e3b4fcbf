package io.holdfast.sim;

import java.io.IOException;

/** An application in a {@link World}: acts whenever it can, sleeps when it wants to, ends, or dies with its host. */
abstract class Actor {
    final String name;
    /** Error that ended the actor early; null if there was none. */
    IOException failure;
    /** Time until which the actor sleeps. */
    long wakeNs;
    private int host = -1;
    private boolean over;
    private boolean excused;

    Actor(final String name) {
        this.name = name;
    }

    /** Does one act that is possible now; returns false if there was none. */
    abstract boolean run(long nowNs);

    /** Which host it runs on, if that may crash. */
    final void place(final int value) {
        host = value;
    }

    final boolean over() {
        return over;
    }

    /** Records an end that should not have happened. */
    boolean failed() {
        return failure != null && !excused;
    }

    /** If its host is that one, it may fail from now on. */
    final void excuse(final int silenced) {
        excused |= host == silenced;
    }

    final void end() {
        over = true;
    }

    /** The actor's host is gone. */
    final void die(final int crashed) {
        over |= host == crashed;
    }

    final void check(final boolean holds, final String what) {
        if (!holds) {
            throw new AssertionError(name + ": " + what);
        }
    }
}
