package io.holdfast.conformance.run;

import java.io.PrintStream;

/** A bar on a terminal, a line each tenth elsewhere. Any thread. */
final class Progress {
    private static final int WIDTH = 40;

    private final String what;
    private final int total;
    private final PrintStream out;
    private final boolean terminal = System.console() != null;
    private int done;
    private int failed;

    Progress(final String what, final int total, final PrintStream out) {
        this.what = what;
        this.total = total;
        this.out = out;
    }

    synchronized void step(final boolean good) {
        done++;
        failed += good ? 0 : 1;
        final int filled = WIDTH * done / total;
        if (terminal) {
            out.printf("\r[%s%s] %d/%d on %s, %d failed ", "#".repeat(filled), ".".repeat(WIDTH - filled), done, total, what, failed);
            if (done == total) {
                out.println();
            }
        } else if (10 * done / total > 10 * (done - 1) / total) {
            out.printf("%3d%% of %d on %s, %d failed%n", 100 * done / total, total, what, failed);
        }
        out.flush();
    }
}
