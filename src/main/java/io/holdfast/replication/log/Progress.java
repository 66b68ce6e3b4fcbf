package io.holdfast.replication.log;

/**
 * What changed in a connection's control block: a plain carrier, filled and passed again and again. Positions count bytes of
 * the connection's streams.
 */
public final class Progress {
    /** {@link #flags}: no application has the connection any more. */
    public static final int ORPHANED = 1;
    /** {@link #flags}: the application shut its reading side. */
    public static final int READ_SHUT = 2;
    /** {@link #flags}: the application aborted the connection. */
    public static final int ABORTED = 4;
    /** {@link #flags}: the connection does not survive the primary. */
    public static final int UNPROTECTED = 8;

    public long connectionId;
    /** The number of a TcpState. */
    public int state;
    public long sndUna;
    public long sndWnd;
    public long rcvNxt;
    public long rcvFin;
    public long sndFin;
    public long edgeLimit;
    public long sendLimit;
    /** How far {@link #checkpointHash} covers the server's stream. */
    public long checkpointOffset;
    public long checkpointHash;
    public int tsRecent;
    public int tsVal;
    public int srttUs;
    public int flags;
}
