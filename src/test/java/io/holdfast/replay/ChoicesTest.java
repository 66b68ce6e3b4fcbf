package io.holdfast.replay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.holdfast.socket.ListenerSocket;
import io.holdfast.socket.StreamSocket;
import io.holdfast.socket.TwoHosts;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChoicesTest {
    /** Answers 1000 + kind, and tells who asked. */
    private static final class Answering implements Choices.Source {
        private final List<Object> asked = new ArrayList<>();

        @Override
        public long choose(final Object connection, final int kind, final LongSupplier local) {
            asked.add(connection);
            return 1_000 + kind;
        }

        @Override
        public void choose(final Object connection, final int kind, final byte[] bytes, final Consumer<byte[]> local) {
            asked.add(connection);
            java.util.Arrays.fill(bytes, (byte) kind);
        }
    }

    @AfterEach
    void noSource() {
        Choices.serving(null);
        Choices.source(null);
    }

    private static byte[] chosenBytes() {
        final byte[] bytes = new byte[3];
        Choices.choose(Choices.SECURE_RANDOM, bytes, into -> into[0] = 9);
        return bytes;
    }

    @Test
    void shouldBeLocalWithoutASource() {
        Choices.serving("connection");
        assertEquals(7, Choices.choose(Choices.RANDOM, () -> 7));
        assertArrayEquals(new byte[] {9, 0, 0}, chosenBytes());
        assertNull(Choices.served());
    }

    @Test
    void shouldBeLocalForAThreadThatServesNobody() {
        final Answering source = new Answering();
        Choices.source(source);
        assertEquals(7, Choices.choose(Choices.RANDOM, () -> 7));
        assertArrayEquals(new byte[] {9, 0, 0}, chosenBytes());
        assertEquals(List.of(), source.asked);
    }

    @Test
    void shouldAskTheSourceForTheConnectionServed() {
        final Answering source = new Answering();
        Choices.source(source);
        Choices.serving("a");
        assertEquals(1_000 + Choices.INSTANT, Choices.choose(Choices.INSTANT, () -> 7));
        Choices.serving("b");
        assertArrayEquals(new byte[] {4, 4, 4}, chosenBytes());
        Choices.left("a");
        assertEquals("b", Choices.served());
        Choices.left("b");
        assertEquals(7, Choices.choose(Choices.INSTANT, () -> 7));
        assertEquals(List.of("a", "b"), source.asked);
    }

    @Test
    void shouldKeepThreadsApart() {
        Choices.source(new Answering());
        Choices.serving("a");
        assertNull(CompletableFuture.supplyAsync(Choices::served, task -> new Thread(task).start()).join());
        assertEquals("a", Choices.served());
    }

    private static List<Object> servedIn(final Runnable task, final List<Object> seen, final boolean pooled) {
        Choices.run(task, pooled);
        return seen;
    }

    @Test
    void shouldServeInATaskWhomItsGiverServed() {
        Choices.source(new Answering());
        final List<Object> seen = new ArrayList<>();
        final Runnable task = () -> seen.add(Choices.served());
        Choices.serving("a");
        Choices.handedOver(task);
        Choices.serving("b");
        assertEquals(List.of("a"), servedIn(task, seen, false));
        assertEquals("b", Choices.served());
        Choices.handedOver(task);
        assertEquals(List.of("a", "b"), servedIn(task, seen, true));
        assertNull(Choices.served(), "a pool's thread serves nobody between tasks");
    }

    @Test
    void shouldGoBackToWhomTheTaskServes() {
        Choices.source(new Answering());
        final List<Object> seen = new ArrayList<>();
        final Runnable task = () -> {
            Choices.serving("data");
            seen.add(Choices.served());
            Choices.left("data");
            seen.add(Choices.served());
            Choices.serving(null);
            seen.add(Choices.served());
            Choices.servingNobody();
            seen.add(Choices.served());
        };
        Choices.serving("control");
        Choices.handedOver(task);
        Choices.serving(null);
        Choices.run(task, true);
        assertEquals(java.util.Arrays.asList("data", "control", "control", null), seen);
    }

    @Test
    void shouldForgetWhomATaskServedWhenItIsGivenForNobody() {
        Choices.source(new Answering());
        final List<Object> seen = new ArrayList<>();
        final Runnable task = () -> seen.add(Choices.served());
        Choices.serving("a");
        Choices.handedOver(task);
        Choices.serving(null);
        Choices.handedOver(task);
        servedIn(task, seen, false);
        Choices.serving("b");
        servedIn(task, seen, true);
        Choices.serving("b");
        servedIn(task, seen, false);
        assertEquals(java.util.Arrays.asList(null, null, "b"), seen);
    }

    @Test
    void shouldServeNobodyAfterATaskThatFails() {
        Choices.source(new Answering());
        final Runnable task = () -> {
            throw new IllegalStateException("as it is meant to");
        };
        Choices.serving("a");
        Choices.handedOver(task);
        Choices.serving(null);
        assertThrows(IllegalStateException.class, () -> Choices.run(task, false));
        assertNull(Choices.served());
    }

    @Test
    void shouldTellTasksApartThatAreEqual() {
        final TaskOwners tasks = new TaskOwners();
        final String one = new String("task");
        final String other = new String("task");
        tasks.give(one, "a");
        tasks.give(other, "b");
        assertEquals("a", tasks.owner(one));
        assertEquals("b", tasks.owner(other));
        assertNull(tasks.owner("task"));
        tasks.give(one, null);
        assertNull(tasks.owner(one));
        assertEquals(1, tasks.size());
    }

    @Test
    void shouldBeLocalForWhatTheSourceItselfDraws() {
        Choices.source(new Choices.Source() {
            @Override
            public long choose(final Object connection, final int kind, final LongSupplier local) {
                return local.getAsLong() + Choices.choose(Choices.RANDOM, () -> 100);
            }

            @Override
            public void choose(final Object connection, final int kind, final byte[] bytes,
                final Consumer<byte[]> local) {
                local.accept(bytes);
            }
        });
        Choices.serving("a");
        assertEquals(111, Choices.choose(Choices.RANDOM, () -> 1 + Choices.choose(Choices.RANDOM, () -> 10)));
    }

    @Test
    void shouldAskAgainAfterASourceFailed() {
        final Answering answering = new Answering();
        Choices.source(answering);
        Choices.serving("a");
        Choices.source(new Choices.Source() {
            @Override
            public long choose(final Object connection, final int kind, final LongSupplier local) {
                throw new IllegalStateException("no");
            }

            @Override
            public void choose(final Object connection, final int kind, final byte[] bytes,
                final Consumer<byte[]> local) {
                throw new IllegalStateException("no");
            }
        });
        assertThrows(IllegalStateException.class, () -> Choices.choose(Choices.RANDOM, () -> 1));
        assertThrows(IllegalStateException.class, ChoicesTest::chosenBytes);
        Choices.source(answering);
        assertEquals(1_000 + Choices.RANDOM, Choices.choose(Choices.RANDOM, () -> 1));
    }

    @Test
    void shouldServeWhatTheThreadReadsOrWritesUntilItAcceptsOrCloses() throws Exception {
        Choices.source(new Answering());
        try (TwoHosts hosts = new TwoHosts(); ListenerSocket listener = hosts.listen(80, 5)) {
            hosts.connect(80);
            final StreamSocket first = hosts.accept(listener);
            hosts.connect(80);
            final StreamSocket second = hosts.accept(listener);
            assertNull(Choices.served());
            first.write(ByteBuffer.wrap(new byte[1]));
            final Object served = Choices.served();
            second.read(ByteBuffer.allocate(1));
            final Object other = Choices.served();
            assertEquals(2, new java.util.HashSet<>(List.of(served, other)).size());
            first.serve();
            assertSame(served, Choices.served());
            second.close();
            assertSame(served, Choices.served());
            first.close();
            assertNull(Choices.served());
        }
    }

    @Test
    void shouldKeepServingTheClientWhileItUsesAConnectionOfItsOwn() throws Exception {
        Choices.source(new Answering());
        try (TwoHosts hosts = new TwoHosts(); ListenerSocket listener = hosts.listen(80, 5)) {
            final StreamSocket own = hosts.connect(80);
            final StreamSocket accepted = hosts.accept(listener);
            own.write(ByteBuffer.wrap(new byte[1]));
            own.serve();
            assertNull(Choices.served());
            accepted.serve();
            final Object served = Choices.served();
            own.write(ByteBuffer.wrap(new byte[1]));
            own.close();
            assertSame(served, Choices.served());
            assertNull(listener.accept());
            assertNull(Choices.served());
        }
    }
}
