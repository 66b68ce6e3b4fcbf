package io.holdfast.app.agent.choices;

import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Work that one thread gives another, as {@code java.lang.HoldfastTasks}; see the package. */
public final class ChosenTasks {
    /** Told before a task is given away. Set before anything is rewritten. */
    public static volatile Consumer<Object> handedOver;
    /** Runs a task. True: on a pool's thread, which serves no connection unless the task says so. */
    public static volatile BiConsumer<Runnable, Boolean> runner;

    private ChosenTasks() {
    }

    /** The task is about to be given to an executor. */
    public static void handOver(final Object task) {
        handedOver.accept(task);
    }

    /** Stands for {@code task.run()} in the program. */
    public static void run(final Runnable task) {
        runner.accept(task, Boolean.FALSE);
    }

    /** Stands for {@code task.run()} in a pool's thread. */
    public static void runPooled(final Runnable task) {
        runner.accept(task, Boolean.TRUE);
    }
}
