package io.holdfast.tcp;

/** What an application may choose for its connection; accepted connections inherit a listener's. Plain data. */
public final class TcpOptions {
    /** {@link #lingerMs} if SO_LINGER is off. */
    public static final int NO_LINGER = -1;

    public boolean noDelay;
    /** How often {@link #noDelay} was turned on: each time, what is held back leaves, a cork or not (tcp(7)). */
    public int flushes;
    public boolean cork;
    public boolean quickAck = true;
    public boolean keepAlive;
    /** 0 means the configuration's. */
    public int keepIdleMs;
    public int keepIntervalMs;
    public int keepCount;
    public int lingerMs = NO_LINGER;
    /** TCP_USER_TIMEOUT; 0 means none. */
    public int userTimeoutMs;
    /** TCP_MAXSEG; 0 means none. */
    public int maxSegment;
    public int synCount;
    /** TCP_LINGER2; 0 means the configuration's, negative no FIN_WAIT_2 at all. */
    public int linger2Ms;
    /** SO_SNDBUF and SO_RCVBUF; 0 means auto-tuned. */
    public int sendBufferBytes;
    public int receiveBufferBytes;
    public int trafficClass;
    public int hopLimit;
    /** null means the configuration's. */
    public String congestion;
    public boolean reuseAddress;
    /** SO_OOBINLINE: kept to be read back only. Urgent data is always in the stream. */
    public boolean urgentInline;

    /** TCP_NODELAY. */
    public void noDelay(final boolean on) {
        noDelay = on;
        flushes += on ? 1 : 0;
    }

    public void copyFrom(final TcpOptions other) {
        noDelay = other.noDelay;
        flushes = other.flushes;
        cork = other.cork;
        quickAck = other.quickAck;
        keepAlive = other.keepAlive;
        keepIdleMs = other.keepIdleMs;
        keepIntervalMs = other.keepIntervalMs;
        keepCount = other.keepCount;
        lingerMs = other.lingerMs;
        userTimeoutMs = other.userTimeoutMs;
        maxSegment = other.maxSegment;
        synCount = other.synCount;
        linger2Ms = other.linger2Ms;
        sendBufferBytes = other.sendBufferBytes;
        receiveBufferBytes = other.receiveBufferBytes;
        trafficClass = other.trafficClass;
        hopLimit = other.hopLimit;
        congestion = other.congestion;
        reuseAddress = other.reuseAddress;
        urgentInline = other.urgentInline;
    }
}
