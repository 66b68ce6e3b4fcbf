package io.holdfast.failover.witness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.Counters;
import io.holdfast.counters.MembershipCounter;
import io.holdfast.membership.Witness;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One host's side of a register, answer by answer. */
final class RegisterWitnessTest {
    private static final long MS = 1_000_000;
    private static final long ALONE_NS = 1_000 * MS;
    private static final String OTHER = "holdfast-1 epoch=%d process=77 node=other";

    private final class Fake implements Register {
        private long version = ABSENT;
        private String value = "";
        private Deque<Runnable> calls = new ArrayDeque<>();
        private int writes;

        @Override
        public CompletionStage<Entry> read() {
            final CompletableFuture<Entry> answer = new CompletableFuture<>();
            calls.add(() -> answer.complete(new Entry(version, value.getBytes(StandardCharsets.UTF_8))));
            return answer;
        }

        @Override
        public CompletionStage<Long> write(final long expected, final byte[] bytes) {
            final CompletableFuture<Long> answer = new CompletableFuture<>();
            writes++;
            calls.add(() -> {
                if (version != expected) {
                    answer.complete(null);
                    return;
                }
                value = new String(bytes, StandardCharsets.UTF_8);
                answer.complete(++version);
            });
            lastWrite = answer;
            return answer;
        }

        /** By somebody else. */
        void put(final String what) {
            version++;
            value = what;
        }

        @Override
        public String state() {
            return "fake";
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }

    private final Fake register = new Fake();
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final List<String> answers = new ArrayList<>();
    private final Counters counters = new Counters();
    private CompletableFuture<Long> lastWrite;
    private long nowNs = 5_000 * MS;
    private RegisterWitness witness;

    @BeforeEach
    void begin() {
        witness = new RegisterWitness("fake:", register, "me", 7, ALONE_NS, counters, () -> nowNs, tasks::add);
        witness.answerTo((epoch, granted, atNs) -> answers.add(epoch + " " + granted));
        witness.poll(0, nowNs);
        run();
    }

    /** Answers everything, in order. */
    private void run() {
        do {
            while (!register.calls.isEmpty()) {
                register.calls.poll().run();
            }
            while (!tasks.isEmpty()) {
                tasks.poll().run();
            }
        } while (!register.calls.isEmpty());
    }

    private void pass(final long ms, final long leading) {
        for (long i = 0; i < ms; i += 10) {
            nowNs += 10 * MS;
            witness.poll(leading, nowNs);
            run();
        }
    }

    @Test
    void shouldGrantWhatWasWrittenAndSayWhatIs() {
        assertEquals(Witness.Verdict.PENDING, witness.claim(0, 1, nowNs));
        assertEquals(List.of(), answers);
        run();
        assertEquals(List.of("1 true"), answers);
        assertEquals("holdfast-1 epoch=1 process=7 node=me", register.value);
        assertEquals(1, register.writes, "one round trip");
        final Witness.Status status = witness.status(nowNs);
        assertTrue(status.reached());
        assertEquals(1, status.epoch());
        assertEquals("me", status.owner());
    }

    @Test
    void shouldRefuseWhatAnotherOwns() {
        register.put(String.format(OTHER, 4));
        witness.claim(3, 4, nowNs);
        run();
        assertEquals(List.of("4 false"), answers);
        assertEquals(4, witness.recordedEpoch());
        assertFalse(witness.isNobodyElseRecorded());
        assertEquals(0, register.version, "nothing was written");
        witness.claim(4, 5, nowNs);
        run();
        assertEquals(List.of("4 false", "5 true"), answers);
    }

    @Test
    void shouldTakeItsOwnRecordForTheAnswerThatWasLost() {
        witness.claim(0, 1, nowNs);
        register.calls.poll();
        register.put("holdfast-1 epoch=1 process=7 node=me");
        lastWrite.completeExceptionally(new IOException("connection lost"));
        run();
        assertFalse(witness.withdraw(), "it may have been written");
        pass(100, 0);
        assertEquals(List.of("1 true"), answers);
        assertEquals(1, counters.get(MembershipCounter.WITNESS_FAILURES));
    }

    /** The same name and epoch, written by a process of before. */
    @Test
    void shouldNotTakeAnotherProcessesRecordForItsOwn() {
        register.put("holdfast-1 epoch=1 process=6 node=me");
        witness.claim(0, 1, nowNs);
        run();
        assertEquals(List.of("1 false"), answers);
        assertTrue(witness.isNobodyElseRecorded(), "it is this host's all the same");
    }

    @Test
    void shouldWaitForTheVersionToChangeBeforeAWriteIsVoid() {
        witness.claim(0, 1, nowNs);
        register.calls.clear();
        lastWrite.completeExceptionally(new IOException("connection lost"));
        run();
        nowNs += 50 * MS;
        witness.poll(0, nowNs);
        register.calls.poll().run();
        tasks.poll().run();
        assertFalse(witness.withdraw(), "the first write may yet come");
        register.put(String.format(OTHER, 1));
        run();
        pass(100, 0);
        assertEquals(List.of("1 false"), answers);
    }

    @Test
    void shouldTakeBackWhatWasNeverWritten() {
        register.put(String.format(OTHER, 1));
        pass(300, 0);
        witness.claim(0, 3, nowNs);
        assertTrue(witness.withdraw());
        run();
        pass(500, 0);
        assertEquals(List.of(), answers);
        assertEquals(0, register.version);
    }

    @Test
    void shouldStartFromNothingOnlyOnTheVersionThatItHasSeen() {
        register.put(String.format(OTHER, 2));
        pass(300, 0);
        final long quietNs = witness.quietFromNs();
        pass(300, 0);
        assertEquals(quietNs, witness.quietFromNs());
        register.put(String.format(OTHER, 2));
        witness.claimAnew(4, nowNs);
        run();
        assertEquals(List.of("4 false"), answers, "the owner has written since");
        assertTrue(witness.quietFromNs() > quietNs);
        witness.claimAnew(4, nowNs);
        run();
        assertEquals(List.of("4 false", "4 true"), answers);
    }

    @Test
    void shouldKeepUpItsRightWhileItLeadsAloneAndOnlyThen() {
        witness.claim(0, 1, nowNs);
        run();
        assertEquals(nowNs, witness.confirmedNs(1));
        assertEquals(Long.MIN_VALUE, witness.confirmedNs(2), "of another epoch it says nothing");
        final long version = register.version;
        pass(1_000, 0);
        assertEquals(version, register.version);
        pass(1_000, 1);
        assertTrue(register.version >= version + 4, register.version + " after " + version);
        assertTrue(nowNs - witness.confirmedNs(1) <= ALONE_NS / 5);
        register.put(String.format(OTHER, 2));
        final long last = witness.confirmedNs(1);
        pass(300, 1);
        assertEquals(2, witness.recordedEpoch());
        assertEquals(Long.MIN_VALUE, witness.confirmedNs(1), "last " + last);
        assertTrue(register.value.contains("node=other"), "it does not write over another owner's");
    }

    @Test
    void shouldClaimAfterARenewalThatIsUnderWay() {
        witness.claim(0, 1, nowNs);
        run();
        nowNs += 300 * MS;
        witness.poll(1, nowNs);
        assertEquals(1, register.calls.size());
        witness.claim(1, 2, nowNs);
        assertEquals(1, register.calls.size(), "one call at a time");
        run();
        assertEquals(List.of("1 true", "2 true"), answers);
    }

    @Test
    void shouldNotTouchWhatIsNotHoldfasts() {
        register.put("something else");
        pass(500, 0);
        witness.claim(9, 10, nowNs);
        run();
        pass(500, 0);
        assertEquals(List.of(), answers);
        assertEquals("something else", register.value);
        assertFalse(witness.isReached(nowNs));
        assertTrue(witness.status(nowNs).text().contains("not Holdfast's"), witness.status(nowNs).text());
    }

    @Test
    void shouldCountNoAnswerAsAFailureAndPassALateOneOver() {
        witness.claim(0, 1, nowNs);
        final Runnable late = register.calls.poll();
        nowNs += 300 * MS;
        witness.poll(0, nowNs);
        assertFalse(witness.isReached(nowNs));
        late.run();
        tasks.poll().run();
        assertEquals(List.of(), answers, "an answer to a call that was given up");
        pass(100, 0);
        assertEquals(List.of("1 true"), answers);
        assertEquals(0, register.version, "written once");
    }

    @Test
    void shouldNameWhatIsMissingInWhatIsConfigured() {
        for (final String bad : List.of("nothing", ":host", "elsewhere:host:1")) {
            final String said = assertThrows(IllegalArgumentException.class,
                () -> Registers.open(bad, "", "c", Duration.ofSeconds(1))).getMessage();
            assertTrue(said.contains("replication.witness = " + bad), said);
        }
        assertThrows(IllegalArgumentException.class, () -> Registers.open("x:y", "/there/is/none.jar", "c", Duration.ofSeconds(1)));
    }
}
