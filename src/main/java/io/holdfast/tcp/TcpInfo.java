package io.holdfast.tcp;

/** A connection's vital signs, counted as Linux's TCP_INFO counts them. Plain data, filled by the connection. */
public final class TcpInfo {
    public TcpState state = TcpState.CLOSED;
    public int caState;
    public int cwndSegments;
    public int ssthreshSegments;
    public int sndMss;
    public int rcvMss;
    public int advMss;
    public int unacked;
    public int sacked;
    public int lost;
    public int retrans;
    public int totalRetrans;
    public int reordering;
    public long rttUs;
    public long rttVarUs;
    public long rtoUs;
    public int backoff;
    public int probes;
    public long bytesAcked;
    public long bytesReceived;
    public long sendWindowBytes;
    public long receiveWindowBytes;
    public int sendWindowScale;
    public int receiveWindowScale;
    public boolean timestamps;
    public boolean sack;
    public String congestion;
}
