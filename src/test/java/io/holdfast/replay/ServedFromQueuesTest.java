package io.holdfast.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connection served by a thread that takes its work from a queue. Each test runs in a new thread, which has served none before. */
class ServedFromQueuesTest {
    private static final Object WORK = "where work comes from";
    private static final Object POOL = "where buffers come from";

    private final Object first = new Object();
    private final Object second = new Object();
    private final Object nobodys = new Object();

    private static final class Local implements Choices.Source {
        @Override
        public long choose(final Object connection, final int kind, final LongSupplier local) {
            return local.getAsLong();
        }

        @Override
        public void choose(final Object connection, final int kind, final byte[] bytes, final Consumer<byte[]> local) {
            local.accept(bytes);
        }
    }

    @BeforeEach
    void handOver() {
        Choices.source(new Local());
        give(first, "a");
        give(second, "b");
        give(nobodys, null);
    }

    @AfterEach
    void noSource() {
        Choices.serving(null);
        Choices.source(null);
    }

    private static void give(final Object element, final Object connection) {
        Choices.serving(connection);
        Choices.handedOver(element);
        Choices.serving(null);
    }

    private static void inAThread(final Runnable test) {
        CompletableFuture.runAsync(test, task -> new Thread(task).start()).join();
    }

    @Test
    void shouldServeWhomEachElementIsFor() {
        inAThread(() -> {
            Choices.taken(WORK, nobodys);
            assertNull(Choices.served());
            Choices.taken(WORK, first);
            assertEquals("a", Choices.served());
            Choices.taken(WORK, second);
            assertEquals("b", Choices.served());
            Choices.taken(WORK, nobodys);
            assertNull(Choices.served());
            Choices.taken(WORK, first);
            Choices.taken(WORK, null);
            assertNull(Choices.served(), "nothing came in time");
        });
    }

    @Test
    void shouldNotServeWhoGaveABufferBack() {
        inAThread(() -> {
            Choices.taken(WORK, first);
            Choices.taken(POOL, second);
            assertEquals("a", Choices.served());
            Choices.taken(POOL, null);
            assertEquals("a", Choices.served());
        });
    }

    /** The thread takes from a pool before it waits for work: the pool is not its queue. */
    @Test
    void shouldNotTakeAPoolForTheQueueOfWhoServesAConnection() {
        inAThread(() -> {
            Choices.serving("c");
            Choices.taken(POOL, second);
            assertEquals("c", Choices.served());
            Choices.left("c");
            Choices.taken(WORK, first);
            assertEquals("a", Choices.served());
            Choices.taken(POOL, second);
            assertEquals("a", Choices.served());
        });
    }

    /** A subscriber's: messages of others come by a queue, and it writes them to its connection. */
    @Test
    void shouldStayWithTheOneConnectionThatAThreadWrites() {
        inAThread(() -> {
            Choices.taken(WORK, first);
            Choices.serving("c");
            Choices.taken(WORK, second);
            assertEquals("c", Choices.served());
            Choices.taken(WORK, null);
            assertEquals("c", Choices.served());
        });
    }

    /** A thread that writes the answers of all. */
    @Test
    void shouldServeWhomAnElementIsForInAThreadThatWritesSeveralConnections() {
        inAThread(() -> {
            Choices.taken(WORK, first);
            Choices.serving("a");
            Choices.serving("b");
            Choices.taken(WORK, first);
            assertEquals("a", Choices.served());
            Choices.serving("a");
            Choices.taken(WORK, second);
            assertEquals("b", Choices.served());
        });
    }

    /** The next task of a pool's thread may take its work from any queue. */
    @Test
    void shouldForgetTheQueueOfATaskThatIsOver() {
        inAThread(() -> {
            Choices.run(() -> {
                Choices.taken(POOL, first);
                assertEquals("a", Choices.served());
            }, true);
            assertNull(Choices.served());
            Choices.taken(WORK, second);
            assertEquals("b", Choices.served());
        });
    }
}
