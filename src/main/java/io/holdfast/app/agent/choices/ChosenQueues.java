package io.holdfast.app.agent.choices;

import java.util.concurrent.BlockingDeque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * Queues by which one thread of the program gives work to another. Loaded as {@code java.lang.HoldfastQueues}; see the package.
 * Each method replaces the queue's own of that name.
 */
public final class ChosenQueues {
    /** Gets the queue and the element taken from it, or null. Set before any class is rewritten. */
    public static volatile BiConsumer<Object, Object> taken;

    private ChosenQueues() {
    }

    public static boolean add(final BlockingQueue<Object> queue, final Object element) {
        ChosenTasks.handOver(element);
        return queue.add(element);
    }

    public static void put(final BlockingQueue<Object> queue, final Object element) throws InterruptedException {
        ChosenTasks.handOver(element);
        queue.put(element);
    }

    public static boolean offer(final BlockingQueue<Object> queue, final Object element) {
        ChosenTasks.handOver(element);
        return queue.offer(element);
    }

    public static boolean offer(final BlockingQueue<Object> queue, final Object element, final long time, final TimeUnit unit)
        throws InterruptedException {
        ChosenTasks.handOver(element);
        return queue.offer(element, time, unit);
    }

    public static void addFirst(final BlockingDeque<Object> queue, final Object element) {
        ChosenTasks.handOver(element);
        queue.addFirst(element);
    }

    public static void addLast(final BlockingDeque<Object> queue, final Object element) {
        ChosenTasks.handOver(element);
        queue.addLast(element);
    }

    public static void putFirst(final BlockingDeque<Object> queue, final Object element) throws InterruptedException {
        ChosenTasks.handOver(element);
        queue.putFirst(element);
    }

    public static void putLast(final BlockingDeque<Object> queue, final Object element) throws InterruptedException {
        ChosenTasks.handOver(element);
        queue.putLast(element);
    }

    public static boolean offerFirst(final BlockingDeque<Object> queue, final Object element) {
        ChosenTasks.handOver(element);
        return queue.offerFirst(element);
    }

    public static boolean offerLast(final BlockingDeque<Object> queue, final Object element) {
        ChosenTasks.handOver(element);
        return queue.offerLast(element);
    }

    public static Object take(final BlockingQueue<?> queue) throws InterruptedException {
        return took(queue, queue.take());
    }

    public static Object poll(final BlockingQueue<?> queue) {
        return took(queue, queue.poll());
    }

    public static Object poll(final BlockingQueue<?> queue, final long time, final TimeUnit unit) throws InterruptedException {
        return took(queue, queue.poll(time, unit));
    }

    public static Object takeFirst(final BlockingDeque<?> queue) throws InterruptedException {
        return took(queue, queue.takeFirst());
    }

    public static Object takeLast(final BlockingDeque<?> queue) throws InterruptedException {
        return took(queue, queue.takeLast());
    }

    public static Object pollFirst(final BlockingDeque<?> queue) {
        return took(queue, queue.pollFirst());
    }

    public static Object pollFirst(final BlockingDeque<?> queue, final long time, final TimeUnit unit)
        throws InterruptedException {
        return took(queue, queue.pollFirst(time, unit));
    }

    public static Object pollLast(final BlockingDeque<?> queue) {
        return took(queue, queue.pollLast());
    }

    private static Object took(final BlockingQueue<?> queue, final Object element) {
        taken.accept(queue, element);
        return element;
    }
}
