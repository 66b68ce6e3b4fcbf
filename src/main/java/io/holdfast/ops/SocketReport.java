package io.holdfast.ops;

import io.holdfast.socket.SocketEntry;
import io.holdfast.tcp.TcpInfo;
import java.net.InetSocketAddress;
import java.util.List;

/** Sockets as text, in the manner of ss. */
public final class SocketReport {
    private static final String FORMAT = "%-5s %-12s %8s %8s  %-21s  %-21s%n";

    private SocketReport() {
    }

    /**
     * @param details whether a second line tells each connection's vital signs
     */
    public static String text(final List<SocketEntry> sockets, final boolean details) {
        final StringBuilder text = new StringBuilder(96 * (sockets.size() + 1));
        text.append(String.format(FORMAT, "proto", "state", "recv-q", "send-q", "local", "peer"));
        for (final SocketEntry socket : sockets) {
            text.append(String.format(FORMAT, socket.protocol(), socket.state(), socket.receiveQueue(),
                socket.sendQueue(), address(socket.local()), address(socket.remote())));
            if (details && socket.info() != null) {
                details(text, socket.info());
            }
        }
        return text.toString();
    }

    private static void details(final StringBuilder text, final TcpInfo info) {
        text.append("      ").append(info.congestion)
            .append(info.timestamps ? " ts" : "").append(info.sack ? " sack" : "")
            .append(" wscale:").append(info.sendWindowScale).append(',').append(info.receiveWindowScale)
            .append(" rto:").append(millis(info.rtoUs))
            .append(" rtt:").append(millis(info.rttUs)).append('/').append(millis(info.rttVarUs))
            .append(" mss:").append(info.sndMss).append(" rcvmss:").append(info.rcvMss)
            .append(" advmss:").append(info.advMss)
            .append(" cwnd:").append(info.cwndSegments);
        if (info.ssthreshSegments < Integer.MAX_VALUE) {
            text.append(" ssthresh:").append(info.ssthreshSegments);
        }
        text.append(" unacked:").append(info.unacked)
            .append(" retrans:").append(info.retrans).append('/').append(info.totalRetrans)
            .append(" lost:").append(info.lost).append(" sacked:").append(info.sacked)
            .append(" reordering:").append(info.reordering).append(" backoff:").append(info.backoff)
            .append(" snd_wnd:").append(info.sendWindowBytes).append(" rcv_wnd:").append(info.receiveWindowBytes)
            .append(" bytes_acked:").append(info.bytesAcked).append(" bytes_received:").append(info.bytesReceived)
            .append('\n');
    }

    private static String millis(final long us) {
        return us / 1000 + "." + String.format("%03d", us % 1000);
    }

    static String address(final InetSocketAddress address) {
        if (address == null) {
            return "*:*";
        }
        final String host = address.getAddress().isAnyLocalAddress() ? "*" : address.getAddress().getHostAddress();
        return host + ":" + (address.getPort() == 0 ? "*" : address.getPort());
    }
}
