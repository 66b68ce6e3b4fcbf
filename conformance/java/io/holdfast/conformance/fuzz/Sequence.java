package io.holdfast.conformance.fuzz;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A generated sequence as a script: a handshake from outside, then the steps, each in numbers that make sense after those
 * before it.
 */
final class Sequence {
    private static final String LISTEN = """
        0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
        +0 setsockopt(3, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
        +0 bind(3, ..., ...) = 0
        +0 listen(3, 5) = 0
        """;
    private static final int WIDE = 32_792;
    /** Segments that the kernel's abridged FIN-WAIT-2 of an orphan treats as in TIME-WAIT, see DIFFERENCES.md. */
    private static final Set<Step.Kind> OF_ORPHANS =
        EnumSet.of(Step.Kind.ACK_FUTURE, Step.Kind.RESET_IN_WINDOW, Step.Kind.RESET_OUTSIDE, Step.Kind.SYN_IN_WINDOW, Step.Kind.SYN_OLD,
            Step.Kind.WITHOUT_ACK);

    private final boolean sack;
    private final StringBuilder text = new StringBuilder();
    /** The peer's next number; its FIN is out. */
    private long next = 1;
    private boolean peerFin;
    /** Where a FIN that came ahead says that the stream ends: nothing beyond it makes sense. */
    private long finAt = Long.MAX_VALUE;
    /** End of the data that is out, which no FIN may come before. */
    private long highest = 1;
    /** Bytes that the application wrote, and whether it ended its stream. */
    private long written;
    private boolean ended;
    private boolean closed;
    /** The peer's last acknowledgement, and its window. */
    private long acked = 1;
    private int window = WIDE;

    private Sequence(final boolean sack) {
        this.sack = sack;
    }

    /** The script of these steps, without what the stack does. */
    static String script(final boolean sack, final List<Step> steps) {
        final Sequence sequence = new Sequence(sack);
        sequence.text.append("// Generated.\n").append(LISTEN).append("+.1 < S 0:0(0) win ").append(WIDE)
            .append(sack ? " <mss 1460,nop,nop,sackOK>\n" : " <mss 1460>\n").append("+.1 < . 1:1(0) ack 1 win ").append(WIDE)
            .append("\n+0 accept(3, ..., ...) = 4\n+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0\n");
        steps.forEach(sequence::step);
        if (!sequence.closed) {
            sequence.text.append("+.067 %{ assert tcpi_state == recorded }%\n");
        }
        return sequence.text.toString();
    }

    private void step(final Step step) {
        final int bytes = step.bytes();
        final long all = 1 + written + (ended ? 1 : 0);
        if (closed && OF_ORPHANS.contains(step.kind())) {
            return;
        }
        switch (step.kind()) {
            case DATA -> data(step, next, bytes, acked, true);
            case DATA_AHEAD -> data(step, next + step.offset(), bytes, acked, false);
            case DATA_OLD -> data(step, Math.max(1, next - bytes - step.offset()), (int) Math.min(bytes, next - 1), acked, false);
            case DATA_OVERLAPPING -> overlapping(step, bytes);
            case DATA_AND_ACK -> {
                acked = all;
                data(step, next, bytes, acked, true);
            }
            case ACK_ALL -> acknowledge(step, all);
            case ACK_PART -> acknowledge(step, Math.min(all, acked + bytes));
            case ACK_OLD -> bare(step, ".", next, Math.max(1, acked - step.offset()), "");
            case ACK_FUTURE -> bare(step, ".", next, all + step.offset(), "");
            case SACK_LAST -> sackLast(step, bytes);
            case WINDOW_ZERO -> shrink(step, 0);
            case WINDOW_SMALL -> shrink(step, bytes);
            case WINDOW_WIDE -> window(step, WIDE);
            case RESET_EXACT -> line(step, "< R " + next + ":" + next + "(0) win 0");
            case RESET_IN_WINDOW -> line(step, "< R " + (next + step.offset()) + ":" + (next + step.offset()) + "(0) win 0");
            case RESET_OUTSIDE -> line(step, "< R " + (next + 200_000) + ":" + (next + 200_000) + "(0) win 0");
            case SYN_IN_WINDOW -> syn(step, next + step.offset());
            case SYN_OLD -> syn(step, 0);
            case FIN -> fin(step, next, 0, true);
            // Whether a larger one is acknowledged at once is decided by the kernel's accounting of windows, by packets.
            case FIN_WITH_DATA -> fin(step, next, Math.min(bytes, 100), true);
            case FIN_AHEAD -> fin(step, next + step.offset(), 0, false);
            // Surely in the window: the kernel looks at flags before numbers, see DIFFERENCES.md.
            case WITHOUT_ACK -> line(step, "< P " + (next + 20_000) + ":" + (next + 20_000 + bytes) + "(" + bytes + ") win " + window);
            default -> call(step, bytes);
        }
    }

    private void call(final Step step, final int bytes) {
        if (closed) {
            return;
        }
        switch (step.kind()) {
            case WRITE -> {
                line(step, "write(4, ..., " + bytes + ") = " + bytes);
                written += ended ? 0 : bytes;
            }
            case READ -> line(step, "read(4, ..., 100000) = 0");
            case SHUTDOWN -> {
                line(step, "shutdown(4, SHUT_WR) = 0");
                ended = true;
            }
            case CLOSE -> {
                line(step, "close(4) = 0");
                ended = true;
                closed = true;
            }
            case NODELAY -> line(step, "setsockopt(4, SOL_TCP, TCP_NODELAY, [1], 4) = 0");
            case CORK -> line(step, "setsockopt(4, SOL_TCP, TCP_CORK, [1], 4) = 0");
            default -> line(step, "setsockopt(4, SOL_TCP, TCP_CORK, [0], 4) = 0");
        }
    }

    private void line(final Step step, final String what) {
        text.append(String.format("+.%03d ", step.delayMs())).append(what).append('\n');
    }

    private void bare(final Step step, final String flags, final long seq, final long ack, final String options) {
        line(step, "< " + flags + " " + seq + ":" + seq + "(0) ack " + ack + " win " + window + options);
    }

    private void data(final Step step, final long seq, final int bytes, final long ack, final boolean moves) {
        if (bytes <= 0 || peerFin && seq + bytes > next || seq + bytes > finAt) {
            return;
        }
        line(step, "< P. " + seq + ":" + (seq + bytes) + "(" + bytes + ") ack " + ack + " win " + window);
        highest = Math.max(highest, seq + bytes);
        if (moves) {
            moveTo(seq + bytes);
        }
    }

    /** The peer's stream goes on to there, and to its end if that was told before. */
    private void moveTo(final long seq) {
        next = seq;
        if (next == finAt) {
            next++;
            peerFin = true;
        }
    }

    private void overlapping(final Step step, final int bytes) {
        final long seq = Math.max(1, next - step.offset());
        if (!peerFin && seq + bytes > next && seq + bytes <= finAt) {
            line(step, "< P. " + seq + ":" + (seq + bytes) + "(" + bytes + ") ack " + acked + " win " + window);
            highest = Math.max(highest, seq + bytes);
            moveTo(seq + bytes);
        }
    }

    private void acknowledge(final Step step, final long ack) {
        acked = ack;
        bare(step, ".", next, ack, "");
    }

    private void sackLast(final Step step, final int bytes) {
        final long end = 1 + written;
        final long start = Math.max(acked + 1, end - bytes);
        if (sack && start < end) {
            bare(step, ".", next, acked, " <nop,nop,sack " + start + ":" + end + ">");
        }
    }

    /** Not under data in flight: what is sent again then is not the kernel's, see DIFFERENCES.md. */
    private void shrink(final Step step, final int newWindow) {
        if (acked >= 1 + written) {
            window(step, newWindow);
        }
    }

    private void window(final Step step, final int newWindow) {
        window = newWindow;
        bare(step, ".", next, acked, "");
    }

    private void syn(final Step step, final long seq) {
        line(step, "< S " + seq + ":" + seq + "(0) win 32792 <mss 1460>");
    }

    private void fin(final Step step, final long seq, final int bytes, final boolean moves) {
        if (peerFin || finAt != Long.MAX_VALUE || seq + bytes < highest) {
            return;
        }
        line(step, "< F. " + seq + ":" + (seq + bytes) + "(" + bytes + ") ack " + acked + " win " + window);
        if (moves) {
            next = seq + bytes + 1;
            peerFin = true;
        } else {
            finAt = seq + bytes;
        }
    }
}
