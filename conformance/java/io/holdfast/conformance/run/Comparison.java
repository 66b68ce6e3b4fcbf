package io.holdfast.conformance.run;

import io.holdfast.conformance.packet.Segment;
import io.holdfast.conformance.packet.TcpFlags;
import io.holdfast.conformance.packet.TcpOption;
import io.holdfast.conformance.script.TcpSpec;
import java.util.List;

/** A segment that a script expects, beside the packets that come for it: data may be cut where the script does not cut it. */
final class Comparison {
    private final TcpSpec expected;
    private final Flow flow;
    private int have;

    Comparison(final TcpSpec expected, final Flow flow) {
        this.expected = expected;
        this.flow = flow;
    }

    /**
     * Takes the next packet.
     *
     * @return whether the expected segment is complete
     * @throws ScriptFailure if it is not (the next part of) that
     */
    boolean take(final Segment live) {
        flow.learnIsn(live, expected.seq());
        final TcpSpec actual = flow.inScript(live);
        final int remaining = expected.length() - have;
        require(actual.seq() == (expected.seq() + have & 0xFFFF_FFFFL), "sequence number", actual);
        require(actual.length() <= remaining && (actual.length() == remaining || actual.length() > 0), "length", actual);
        final boolean last = actual.length() == remaining;
        int compared = 0xFF;
        if (expected.length() > actual.length()) {
            // Where data is cut the sender may push or not; FIN and URG come with the rest.
            compared &= ~TcpFlags.PSH;
            compared &= last ? 0xFF : ~TcpFlags.FIN;
        }
        require((actual.flags() & compared) == (expected.flags() & compared), "flags", actual);
        require(expected.ack() == null || expected.ack().equals(actual.ack()), "acknowledgement", actual);
        require(expected.window() == null || expected.window().equals(actual.window()), "window", actual);
        require(expected.urgent() == null ? actual.urgent() == 0 || have > 0 || !last : expected.urgent().equals(actual.urgent()),
            "urgent pointer", actual);
        require(expected.tos() == null || expected.tos().equals(actual.tos()), "ECN bits (" + actual.tos() + ")", actual);
        if (expected.options() != null) {
            compareOptions(actual, live);
        }
        require(flow.carriesThePattern(live), "data: not what was written at that place", actual);
        have += actual.length();
        return last;
    }

    /** Order and padding included. */
    private void compareOptions(final TcpSpec actual, final Segment live) {
        final List<TcpOption> wanted = expected.options();
        require(wanted.size() == actual.options().size(), "options", actual);
        for (int i = 0; i < wanted.size(); i++) {
            final TcpOption want = wanted.get(i);
            final TcpOption got = actual.options().get(i);
            if (want.is("TS") && got.is("TS")) {
                require(want.values().get(1).equals(got.values().get(1)), "echoed time stamp", actual);
                flow.nameStamp(want.values().get(0), live.options().get(i).values().get(0));
            } else {
                require(want.equals(got), "options", actual);
            }
        }
    }

    private void require(final boolean condition, final String what, final TcpSpec actual) {
        if (!condition) {
            throw new ScriptFailure(have > 0 ? what + ", after " + have + " bytes" : what, expected, actual);
        }
    }
}
