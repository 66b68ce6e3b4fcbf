package io.holdfast.tcp;

import io.holdfast.tcp.recovery.LossRecovery;

/** A connection's state as Linux's TCP_INFO would tell it. */
final class Vitals {
    private Vitals() {
    }

    static void fill(final TcpInfo info, final Tcb tcb, final Sender sender, final Receiver receiver, final Handshake handshake) {
        final LossRecovery recovery = sender.recovery;
        info.state = tcb.state;
        info.caState = recovery.state().code();
        info.cwndSegments = sender.congestion.cwnd();
        info.ssthreshSegments = sender.congestion.ssthresh();
        info.sndMss = sender.mss.full();
        info.rcvMss = receiver.acks.rcvMss();
        info.advMss = tcb.advMss;
        info.unacked = tcb.state.isSynchronized() ? recovery.unacked() : sender.inFlight() ? 1 : 0;
        info.sacked = recovery.sacked();
        info.lost = recovery.lost();
        info.retrans = recovery.retransmitted();
        info.totalRetrans = recovery.totalRetransmitted() + handshake.retries;
        info.reordering = recovery.reordering();
        info.rttUs = sender.rtt.srttNs() / 1_000;
        info.rttVarUs = sender.rtt.rttVarNs() / 1_000;
        info.rtoUs = sender.rtt.rtoNs() / 1_000;
        info.backoff = Math.max(Math.max(recovery.backoff(), sender.probeBackoff), handshake.backoff());
        info.probes = sender.probesOut;
        info.bytesAcked = Math.max(0, tcb.sndUna);
        info.bytesReceived = Math.max(0, tcb.rcvNxt);
        info.sendWindowBytes = tcb.sndWnd;
        info.receiveWindowBytes = tcb.receiveWindow();
        info.sendWindowScale = tcb.sndWindowShift;
        info.receiveWindowScale = tcb.rcvWindowShift;
        info.timestamps = tcb.timestamps;
        info.sack = tcb.sack;
        info.congestion = sender.congestion.name();
    }
}
