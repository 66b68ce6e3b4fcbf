package io.holdfast.tcp.recovery;

/**
 * The contents of one acceptable acknowledgement, in 64-bit stream offsets: a carrier that is filled and reused.
 * Offset 0 is the first byte of data; a FIN occupies the offset after the last byte.
 */
public final class AckEvent {
    /** Cumulative acknowledgement; {@code sndUna <= ack <= sndNxt}. */
    public long ack;
    /** Valid SACK ranges above {@link #ack} and below sndNxt, as sent. */
    public int sackCount;
    public final long[] sackStart = new long[4];
    public final long[] sackEnd = new long[4];
    /** First range reports a duplicate (RFC 2883): it is not among {@link #sackCount}. */
    public boolean dsack;
    public long dsackStart;
    public long dsackEnd;
    /** The segment carried a timestamp echo that is usable; {@link #tsEcrNs} is when that value was sent, this host's clock. */
    public boolean timestampEcho;
    public long tsEcrNs;
    /** Raw TSecr, for Eifel detection. */
    public int tsEcr;
    /** The segment carried data or SYN or FIN: it is never a duplicate acknowledgement (RFC 5681 2). */
    public boolean carriesData;
    /**
     * The acknowledgement updated the send window, as RFC 9293 3.10.7.4 decides, and with the same SEG.SEQ only if the window
     * grew or is 0 (as on Linux). It then is no duplicate acknowledgement either.
     */
    public boolean windowChanged;
    /** Unsent data exists, and the peer's window, this segment's update included, has room for some of it. Used by F-RTO. */
    public boolean canSendNew;
    /** ECN echo; reserved for RFC 3168. */
    public boolean ece;

    public void clear() {
        ack = 0;
        sackCount = 0;
        dsack = false;
        timestampEcho = false;
        tsEcr = 0;
        carriesData = false;
        windowChanged = false;
        canSendNew = false;
        ece = false;
    }
}
