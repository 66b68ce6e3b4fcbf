package io.holdfast.app.agent.choices;

import java.util.ArrayDeque;
import java.util.Date;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** A program with an executor of its own: {@code get} gives a task away, {@code run} works off what was given. */
public final class EveryChoiceOfTasks implements Supplier<String>, Runnable {
    private final class Task implements Runnable {
        @Override
        public void run() {
            times.append(System.currentTimeMillis());
        }
    }

    private final class Queueing implements Executor {
        private final Queue<Runnable> tasks = new ArrayDeque<>();

        @Override
        public void execute(final Runnable task) {
            tasks.add(task);
        }
    }

    private final Queueing executor = new Queueing();
    private final StringBuilder times = new StringBuilder();

    @Override
    public String get() {
        executor.execute(new Task());
        return "given";
    }

    @Override
    public void run() {
        for (Runnable task = executor.tasks.poll(); task != null; task = executor.tasks.poll()) {
            task.run();
        }
    }

    /** Three places. */
    String twice() {
        return System.currentTimeMillis() + " " + System.currentTimeMillis() + new Date();
    }
}
