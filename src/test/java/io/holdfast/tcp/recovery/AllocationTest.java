package io.holdfast.tcp.recovery;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.holdfast.tcp.congestion.CongestionControl;
import io.holdfast.tcp.congestion.CongestionControls;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nothing is allocated per segment, on a clean path and on a lossy one; says what an acknowledgement costs if asked. */
final class AllocationTest {
    private static final int MSS = 1448;
    private static final long MS = 1_000_000;
    private static final int WARM_UP = 200_000;
    private static final int ROUNDS = 200_000;

    private final RttEstimator rtt = new RttEstimator(200 * MS);
    private final AckEvent event = new AckEvent();
    private LossRecovery recovery;
    private CongestionControl congestion;
    private long nowNs = 1_000 * MS;
    private long sndNxt;
    private long una;

    @ParameterizedTest
    @CsvSource({"reno, 1, false", "cubic, 1, false", "cubic, 44, false", "cubic, 1, true"})
    void shouldNotAllocate(final String algorithm, final int segments, final boolean lossy) {
        congestion = CongestionControls.create(algorithm);
        recovery = new LossRecovery(congestion, rtt);
        recovery.onHandshakeRtt(10 * MS, nowNs);
        recovery.onEstablished(MSS, true, true, 0, nowNs);
        congestion.ssthresh(200);
        for (int i = 0; i < WARM_UP; i++) {
            round(i, segments, lossy);
        }
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long thread = Thread.currentThread().getId();
        final long allocated = threads.getThreadAllocatedBytes(thread);
        final long begin = System.nanoTime();
        for (int i = 0; i < ROUNDS; i++) {
            round(i, segments, lossy);
        }
        final long took = System.nanoTime() - begin;
        final long bytes = threads.getThreadAllocatedBytes(thread) - allocated;
        if (Boolean.getBoolean("holdfast.goodput")) {
            System.out.printf("%s, %d segments a record, %s: %.1f ns an acknowledgement with its sends, %d bytes%n",
                algorithm, segments, lossy ? "2 %% lost" : "clean", (double) took / ROUNDS, bytes);
        }
        assertTrue(bytes < 16_384, "allocated " + bytes + " bytes in " + ROUNDS + " acknowledgements");
    }

    /** Fills the window, then acknowledges two records, or reports a hole for a while. */
    private void round(final int i, final int segments, final boolean lossy) {
        congestion.cwnd(Math.min(congestion.cwnd(), 400));
        while (recovery.hasRetransmission()) {
            final long from = recovery.retransmitStart();
            recovery.onRetransmitted(from, recovery.retransmitEnd(), (int) (nowNs / MS), nowNs);
        }
        int quota = recovery.newSegmentQuota();
        while (quota > 0) {
            final int part = Math.min(segments, quota);
            recovery.onSent(sndNxt, sndNxt + (long) part * MSS, (int) (nowNs / MS), nowNs);
            sndNxt += (long) part * MSS;
            quota = recovery.newSegmentQuota();
        }
        recovery.onTransmitIdle(false, nowNs);
        nowNs += 50_000;
        event.clear();
        event.canSendNew = true;
        event.timestampEcho = true;
        event.tsEcr = (int) ((nowNs - 10 * MS) / MS);
        event.tsEcrNs = nowNs - 10 * MS;
        final int phase = i % 100;
        if (lossy && phase < 30) {
            event.ack = una;
            event.sackCount = 1;
            event.sackStart[0] = una + MSS;
            event.sackEnd[0] = Math.min(sndNxt, una + (phase + 2L) * MSS);
            if (event.sackEnd[0] <= event.sackStart[0]) {
                event.sackCount = 0;
            }
        } else {
            una = Math.min(sndNxt, una + 2L * segments * MSS);
            event.ack = una;
        }
        recovery.onAck(event, nowNs);
    }
}
