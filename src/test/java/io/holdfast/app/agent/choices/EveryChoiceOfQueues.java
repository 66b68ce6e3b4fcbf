package io.holdfast.app.agent.choices;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A program whose threads hand work to each other by queues: {@link #get} gives one element, {@link #run} takes all. */
public final class EveryChoiceOfQueues implements Supplier<String>, Runnable {
    /** Ways to give, and to take. */
    public static final int WAYS = 10;

    /** None is equal to another, and its class is the program's own. */
    private static final class Message {
        private final int number;

        Message(final int number) {
            this.number = number;
        }
    }

    private final BlockingQueue<Message> queue = new ArrayBlockingQueue<>(WAYS);
    private final LinkedBlockingQueue<Message> linked = new LinkedBlockingQueue<>();
    private final BlockingDeque<Message> deque = new LinkedBlockingDeque<>();
    private final List<String> seen = new ArrayList<>();
    private int given;

    @Override
    public String get() {
        final Message message = new Message(given++);
        try {
            switch (message.number) {
                case 0 -> queue.put(message);
                case 1 -> queue.add(message);
                case 2 -> queue.offer(message);
                case 3 -> queue.offer(message, 1, TimeUnit.SECONDS);
                case 4 -> linked.put(message);
                case 5 -> linked.offer(message);
                case 6 -> deque.putLast(message);
                case 7 -> deque.addLast(message);
                case 8 -> deque.offerFirst(message);
                default -> deque.offer(message);
            }
        } catch (final InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return "given";
    }

    /** Takes all of one queue after the other, each queue in a thread of its own. */
    @Override
    public void run() {
        inAThread(() -> {
            handle(queue.take());
            handle(queue.poll());
            handle(queue.poll(1, TimeUnit.SECONDS));
            handle(queue.take());
        });
        inAThread(() -> {
            handle(linked.take());
            handle(linked.poll());
        });
        inAThread(() -> {
            handle(deque.takeFirst());
            handle(deque.pollFirst());
            handle(deque.pollLast());
            handle(deque.poll());
        });
    }

    private void handle(final Message message) {
        seen.add(message.number + " " + System.currentTimeMillis());
    }

    private interface Taking {
        void take() throws InterruptedException;
    }

    private static void inAThread(final Taking taking) {
        final Thread thread = new Thread(() -> {
            try {
                taking.take();
            } catch (final InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        thread.start();
        try {
            thread.join();
        } catch (final InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return seen.toString();
    }
}
