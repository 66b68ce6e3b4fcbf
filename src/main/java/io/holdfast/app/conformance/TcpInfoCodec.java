package io.holdfast.app.conformance;

import io.holdfast.tcp.TcpConfig;
import io.holdfast.tcp.TcpInfo;
import io.holdfast.tcp.TcpState;

/** TCP_INFO under the protocol's key names. */
final class TcpInfoCodec {
    private static final int DEFAULT_MSS = 536;
    private static final int INFINITE_SSTHRESH = Integer.MAX_VALUE;
    private static final int DEFAULT_REORDERING = 3;

    private TcpInfoCodec() {
    }

    static TcpInfoKeys of(final TcpInfo info) {
        // The application's socket in TIME_WAIT is closed.
        final TcpState state = info.state == TcpState.TIME_WAIT ? TcpState.CLOSED : info.state;
        return keys(state, info.cwndSegments, info.ssthreshSegments, info.sndMss, info.reordering)
            .put("ca_state", info.caState)
            .put("advmss", info.advMss)
            .put("unacked", info.unacked)
            .put("sacked", info.sacked)
            .put("lost", info.lost)
            .put("retrans", info.retrans)
            .put("rtt_us", info.rttUs)
            .put("backoff", info.backoff)
            .put("probes", info.probes)
            .put("bytes_received", info.bytesReceived);
    }

    /** A socket that never had a connection, or listens. */
    static TcpInfoKeys unconnected(final TcpState state, final TcpConfig config) {
        return keys(state, config.initialCwndSegments, INFINITE_SSTHRESH, DEFAULT_MSS, DEFAULT_REORDERING);
    }

    private static TcpInfoKeys keys(final TcpState state, final int cwnd, final int ssthresh, final int mss,
        final int reordering) {
        return new TcpInfoKeys()
            .put("state", state.code())
            .put("ca_state", 0)
            .put("cwnd_segs", cwnd)
            .put("ssthresh_segs", ssthresh)
            .put("snd_mss", mss)
            .put("advmss", 0)
            .put("unacked", 0)
            .put("sacked", 0)
            .put("lost", 0)
            .put("retrans", 0)
            .put("reordering", reordering)
            .put("rtt_us", 0)
            .put("backoff", 0)
            .put("probes", 0)
            .put("bytes_received", 0);
    }
}
