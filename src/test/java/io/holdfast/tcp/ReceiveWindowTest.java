package io.holdfast.tcp;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.wire.IpAddress;
import org.junit.jupiter.api.Test;

final class ReceiveWindowTest {
    private static final int MSS = 1448;

    /** Found by a bulk transfer that never went on: the space had outgrown what may be told by more than 16 times. */
    @Test
    void shouldReopenWhenTheSpaceHasOutgrownWhatMayBeTold() {
        final ReceiveWindow window = new ReceiveWindow(65_535, 6 << 20, true);
        final Tcb tcb = new Tcb(new ConnectionId(IpAddress.parse("10.0.0.1"), 1, IpAddress.parse("10.0.0.2"), 2));
        tcb.rcvWindowShift = 7;
        window.initial(MSS);
        window.onRtt(1_000);
        window.onRead(0, MSS, 1);
        window.onRead(4 << 20, MSS, 1_000_000);
        assertTrue(window.space() > 16 * 65_535, "the space was to grow: " + window.space());
        assertTrue(window.fresh(tcb, 0, MSS) >= MSS);
    }

    /** Found by simulated crashes (seed 419, crash 5): a window of 0 that an empty buffer never opened. */
    @Test
    void shouldOpenWhereWhatMayBeToldIsLessThanASegment() {
        final ReceiveWindow window = new ReceiveWindow(1_000, 16_000, true);
        final Tcb tcb = new Tcb(new ConnectionId(IpAddress.parse("10.0.0.1"), 1, IpAddress.parse("10.0.0.2"), 2));
        window.initial(MSS);
        window.onRtt(1_000);
        window.onRead(0, MSS, 1);
        window.onRead(2_000, MSS, 1_000_000);
        assertTrue(window.space() > MSS, "the space was to grow: " + window.space());
        assertTrue(window.fresh(tcb, 0, MSS) > 0);
        // A single byte left of it is no reason to stay there (world 785972, crash 5).
        tcb.rcvWnd = 1;
        assertTrue(window.fresh(tcb, 0, MSS) > 1);
    }
}
