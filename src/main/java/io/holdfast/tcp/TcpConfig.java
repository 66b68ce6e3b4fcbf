package io.holdfast.tcp;

/** Settings of the TCP core; defaults are Linux's. Plain data, shared by the connections of a stack; not changed after start. */
public final class TcpConfig {
    public boolean delayedAck = true;
    public int initialCwndSegments = 10;
    /** First and largest receive buffer, as Linux's tcp_rmem[1] and [2]; the window is auto-tuned between them. */
    public int receiveBufferBytes = 131_072;
    public int receiveBufferMaxBytes = 6 * 1024 * 1024;
    public int sendBufferBytes = 87_040;
    public int sendBufferMaxBytes = 4 * 1024 * 1024;
    public boolean timestamps = true;
    public boolean sack = true;
    public boolean windowScaling = true;
    /** "cubic" or "reno". */
    public String congestion = "cubic";
    public int minRtoMs = 200;
    public boolean slowStartAfterIdle = true;
    public int synRetries = 6;
    public int synAckRetries = 5;
    /** Retransmissions before a connection is given up (R2), as Linux's tcp_retries2. */
    public int retries = 15;
    /** The same once the application has closed, as Linux's tcp_orphan_retries (0 means 8). */
    public int orphanRetries = 8;
    /** Connections that live on after their program has closed them, of the whole stack, as Linux's tcp_max_orphans. */
    public int maxOrphans = 65_536;
    public int finTimeoutMs = 60_000;
    public int timeWaitMs = 60_000;
    public int keepAliveTimeMs = 7_200_000;
    public int keepAliveIntervalMs = 75_000;
    public int keepAliveProbes = 9;
    public boolean synCookies = true;
    /** Answers of RFC 5961 a second, for the whole stack. */
    public int challengeAckLimit = 1_000;
    /** New data leaves spread over the round trip instead of in bursts. */
    public boolean pacing;
    /** Lowers the MSS of a connection whose large segments vanish without ICMP; off, as Linux's tcp_mtu_probing. */
    public boolean blackHoleDetection;
    /**
     * Input stored elsewhere that the receive buffer takes in advance, on a host that carries on or follows another's
     * connections; beyond it {@link DeferredInput} begins. Less than StreamBuffer.MAX_CAPACITY_BYTES by the largest window.
     */
    public int deferredBytes = 2 * 1024 * 1024;
    /** Smallest MSS believed from a peer or a path MTU. */
    public int minMss = 48;
}
