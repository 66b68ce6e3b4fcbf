package io.holdfast.tcp;

/**
 * What of a connection's control block is told to its backup whenever it matters: the contract's "kept exactly" as far as it
 * changes, and "may lag". Offsets are stream offsets; plain data, reused.
 */
public final class TcbProgress {
    /** {@link #flags}: the application closed. */
    public static final int ORPHANED = 1;
    public static final int READ_SHUT = 1 << 1;
    /** A reset is to be sent. */
    public static final int ABORTED = 1 << 2;
    /** Error that ended the connection, its ordinal plus one, from this bit on. */
    public static final int ERROR_SHIFT = 8;

    public long connectionId;
    /** {@link TcpState#code()}. */
    public int state;
    public long sndUna;
    public long sndWnd;
    public long rcvNxt;
    public long rcvFin;
    public long sndFin;
    /** No right window edge beyond this was told. */
    public long edgeLimit;
    /** No byte at or after this offset was sent. */
    public long sendLimit;
    public long checkpointOffset;
    /** Of the bytes sent before {@link #checkpointOffset}. */
    public long checkpointHash;
    public int tsRecent;
    /** What is added to this host's clock to make TSval. */
    public int tsOffset;
    public int srttUs;
    public int flags;
    /** At a planned switchover, what was sent ends here and this host sends no more; otherwise 0. */
    public long sndNxt;
    /** Segments; with {@link #sndNxt}. */
    public int cwnd;
    /** Segments; with {@link #sndNxt}. */
    public int ssthresh;
}
