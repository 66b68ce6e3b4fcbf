package io.holdfast.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.link.FrameSlot;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.OutboundFrame;
import io.holdfast.link.memory.MemoryLink;
import io.holdfast.util.Deadline;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The baton under many threads: a shard that only delivers numbered frames, commands and timers to the threads that wait
 * for them. A wake-up that is lost shows as a wait that does not end.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class BatonStressTest {
    private static final int ETHERNET = 14;
    private static final long LOOK_NS = 1_000_000;
    private static final long PATIENCE_NS = 10_000_000_000L;

    private final MemoryLink.Pair wire = MemoryLink.pair(LinkCapabilities.plainEthernet(1500, 1),
        LinkCapabilities.plainEthernet(1500, 2));
    private final Post post = new Post(wire.left());
    private Baton baton;
    private Thread agent;

    @AfterEach
    void stop() throws InterruptedException {
        baton.close();
        agent.join(5_000);
        assertTrue(!agent.isAlive(), "the agent does not end");
        assertNull(post.failure.get());
    }

    private void start(final boolean exclusive, final long spinNs) {
        baton = new Baton(SleepPoint.on(wire.left()), post, exclusive, LOOK_NS, spinNs, () -> { });
        agent = new Thread(baton::runAgent, "agent");
        agent.start();
    }

    @ParameterizedTest
    @CsvSource({"false,0,1", "false,20000,1", "false,0,4", "false,20000,8", "true,0,4"})
    void shouldDeliverEveryFrameToItsWaiter(final boolean exclusive, final long spinNs, final int waiters) throws Exception {
        start(exclusive, spinNs);
        final int rounds = 3_000;
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < waiters; i++) {
            final Box box = post.open(baton.newWaiter());
            final int id = i;
            threads.add(thread("waiter " + i, () -> {
                final OutboundFrame frame = new OutboundFrame();
                for (int round = 1; round <= rounds; round++) {
                    send(frame, id);
                    awaitCount(box, round);
                }
            }));
        }
        joinAll(threads);
    }

    @ParameterizedTest
    @CsvSource({"false,0", "false,20000", "true,0"})
    void shouldExecuteEveryCommandAndTimer(final boolean exclusive, final long spinNs) throws Exception {
        start(exclusive, spinNs);
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            final Box box = post.open(baton.newWaiter());
            final boolean timed = i == 3;
            threads.add(thread("commander " + i, () -> {
                for (int round = 1; round <= (timed ? 200 : 3_000); round++) {
                    post.commands.add(() -> {
                        if (timed) {
                            box.dueNs = post.nowNs() + 300_000;
                        } else {
                            box.deliver();
                        }
                    });
                    if (baton.tryTake()) {
                        try {
                            post.runCommands();
                        } finally {
                            baton.release();
                        }
                    } else {
                        baton.commandOffered();
                    }
                    awaitCount(box, round);
                }
            }));
        }
        joinAll(threads);
    }

    @Test
    void shouldServeAThreadThatComputesByTheAgent() throws Exception {
        start(false, 0);
        final Box box = post.open(baton.newWaiter());
        final OutboundFrame frame = new OutboundFrame();
        for (int round = 1; round <= 20; round++) {
            send(frame, 0);
            // Nobody waits: only the agent can take the frame in.
            final long end = System.nanoTime() + PATIENCE_NS;
            while (box.count.get() < round) {
                assertTrue(System.nanoTime() < end, "the agent does not look");
                Thread.onSpinWait();
            }
            awaitCount(box, round);
        }
    }

    @Test
    void shouldReturnAfterTheTimeout() {
        start(false, 0);
        final BatonWaiter waiter = baton.newWaiter();
        final long start = System.nanoTime();
        assertEquals(false, baton.await(waiter, 5_000_000));
        assertTrue(System.nanoTime() - start >= 5_000_000);
    }

    @Test
    void shouldNotLoseAWakeUpBeforeTheWait() {
        start(false, 0);
        final BatonWaiter waiter = baton.newWaiter();
        waiter.wake();
        waiter.wake();
        assertEquals(true, baton.await(waiter, -1));
        assertEquals(false, baton.await(waiter, 0));
    }

    private void awaitCount(final Box box, final int count) {
        final long end = System.nanoTime() + PATIENCE_NS;
        while (box.count.get() < count) {
            final long left = end - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError("waited in vain for " + count + ", there are " + box.count.get());
            }
            baton.await(box.waiter, left);
        }
    }

    private void send(final OutboundFrame frame, final int id) {
        frame.clear();
        frame.end = frame.start + ETHERNET + 1;
        frame.buffer.putByte(frame.start + ETHERNET, (byte) id);
        synchronized (wire.right()) {
            assertTrue(wire.right().transmit(frame));
        }
    }

    private Thread thread(final String name, final Runnable work) {
        final Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (final Throwable e) {
                post.failure.compareAndSet(null, e);
            }
        }, name);
        thread.start();
        return thread;
    }

    private static void joinAll(final List<Thread> threads) throws InterruptedException {
        for (final Thread thread : threads) {
            thread.join(50_000);
            assertTrue(!thread.isAlive(), thread.getName() + " hangs");
        }
    }

    private static final class Box {
        final AtomicInteger count = new AtomicInteger();
        final BatonWaiter waiter;
        long dueNs = Deadline.NONE;

        Box(final BatonWaiter waiter) {
            this.waiter = waiter;
        }

        void deliver() {
            count.incrementAndGet();
            waiter.wake();
        }
    }

    /** The shard: delivers, and notices when two threads are in it. */
    private static final class Post implements DutyCycle {
        final ConcurrentLinkedQueue<Runnable> commands = new ConcurrentLinkedQueue<>();
        final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final List<Box> boxes = new CopyOnWriteArrayList<>();
        private final AtomicReference<Thread> inside = new AtomicReference<>();
        private final MemoryLink link;
        private final FrameSlot slot = new FrameSlot();

        Post(final MemoryLink link) {
            this.link = link;
        }

        Box open(final BatonWaiter waiter) {
            final Box box = new Box(waiter);
            boxes.add(box);
            return box;
        }

        private void enter() {
            if (!inside.compareAndSet(null, Thread.currentThread())) {
                failure.compareAndSet(null, new AssertionError("two threads have the baton"));
            }
        }

        private void leave() {
            inside.set(null);
        }

        @Override
        public int run() {
            enter();
            int work = 0;
            for (; work < 64 && link.receive(slot); work++) {
                boxes.get(slot.buffer.getByte(slot.offset + ETHERNET)).deliver();
            }
            work += drain();
            final long now = nowNs();
            for (final Box box : boxes) {
                if (box.dueNs <= now) {
                    box.dueNs = Deadline.NONE;
                    box.deliver();
                    work++;
                }
            }
            leave();
            return work;
        }

        private int drain() {
            int n = 0;
            for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
                command.run();
                n++;
            }
            return n;
        }

        @Override
        public void runCommands() {
            enter();
            drain();
            leave();
        }

        @Override
        public boolean commandsPending() {
            return !commands.isEmpty();
        }

        @Override
        public long nextDeadlineNs() {
            long next = Deadline.NONE;
            for (final Box box : boxes) {
                next = Math.min(next, box.dueNs);
            }
            return next;
        }

        @Override
        public long nowNs() {
            return System.nanoTime();
        }
    }
}
