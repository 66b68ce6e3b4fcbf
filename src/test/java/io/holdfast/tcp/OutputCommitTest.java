package io.holdfast.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.util.SeededRandom;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class OutputCommitTest {
    /** A mark: sequence, received, written, edge, flags. */
    private record Mark(long sequence, long rcvNxt, long tail, long edge, int flags) {
    }

    @Test
    void shouldHoldNothingWithoutABackup() {
        final OutputCommit commit = new OutputCommit();
        assertEquals(7, commit.acknowledged(7));
        assertEquals(7, commit.sendable(7));
        assertEquals(7, commit.edge(7));
        assertEquals(7, commit.fin(7));
        assertTrue(commit.mayReset() && commit.mayAnswerSyn());
    }

    @Test
    void shouldHoldUntilItIsStored() {
        final OutputCommit commit = new OutputCommit();
        commit.gate(10, 20, 30, 0);
        commit.mark(5, 4, 100, 200, 300, OutputCommit.OPENED | OutputCommit.CLOSED);
        assertTrue(commit.waits());
        assertFalse(commit.onCommitted(4));
        assertEquals(10, commit.acknowledged(100));
        assertEquals(20, commit.sendable(200));
        assertEquals(30, commit.edge(300));
        assertEquals(Tcb.NO_OFFSET, commit.fin(200));
        assertFalse(commit.mayReset() || commit.mayAnswerSyn());
        assertTrue(commit.onCommitted(5));
        assertEquals(100, commit.acknowledged(150));
        assertEquals(200, commit.sendable(250));
        assertEquals(300, commit.edge(350));
        assertEquals(200, commit.fin(200));
        assertTrue(commit.mayAnswerSyn());
        assertFalse(commit.mayReset() || commit.waits());
    }

    /**
     * Against a list of all marks: never more than one that is stored allows, and all that the last one allows once all
     * is.
     */
    @Property(tries = 500)
    void shouldNeverAllowMoreThanIsStored(@ForAll final long seed) {
        final SeededRandom random = new SeededRandom(seed);
        final OutputCommit commit = new OutputCommit();
        commit.gate(0, 0, 0, 0);
        final List<Mark> marks = new ArrayList<>();
        long sequence = 0;
        long committed = 0;
        long rcvNxt = 0;
        long tail = 0;
        long edge = 0;
        int flags = 0;
        for (int i = 0; i < 200; i++) {
            if (random.nextInt(3) > 0) {
                sequence += random.nextInt(3);
                rcvNxt += random.nextInt(3);
                tail += random.nextInt(3);
                edge += random.nextInt(3);
                flags |= random.nextInt(20) == 0 ? 1 << random.nextInt(3) : 0;
                marks.add(new Mark(sequence, rcvNxt, tail, edge, flags));
                commit.mark(sequence, committed, rcvNxt, tail, edge, flags);
            } else {
                committed = Math.min(sequence, committed + random.nextInt(5));
                commit.onCommitted(committed);
            }
            check(commit, marks, committed);
        }
        commit.onCommitted(sequence);
        assertEquals(rcvNxt, commit.acknowledged(Long.MAX_VALUE));
        assertEquals(tail, commit.sendable(Long.MAX_VALUE));
        assertEquals(edge, commit.edge(Long.MAX_VALUE));
        assertFalse(commit.waits());
    }

    private static void check(final OutputCommit commit, final List<Mark> marks, final long committed) {
        long rcvNxt = 0;
        long tail = 0;
        long edge = 0;
        int flags = 0;
        for (final Mark mark : marks) {
            if (mark.sequence <= committed) {
                rcvNxt = mark.rcvNxt;
                tail = mark.tail;
                edge = mark.edge;
                flags = mark.flags;
            }
        }
        assertTrue(commit.acknowledged(Long.MAX_VALUE) <= rcvNxt, "acknowledgement");
        assertTrue(commit.sendable(Long.MAX_VALUE) <= tail, "bytes");
        assertTrue(commit.edge(Long.MAX_VALUE) <= edge, "edge");
        assertTrue(!commit.mayReset() || (flags & OutputCommit.ABORTED) != 0, "reset");
        assertTrue(!commit.mayAnswerSyn() || (flags & OutputCommit.OPENED) != 0, "SYN-ACK");
        assertTrue(commit.fin(1) == Tcb.NO_OFFSET || (flags & OutputCommit.CLOSED) != 0, "FIN");
    }
}
