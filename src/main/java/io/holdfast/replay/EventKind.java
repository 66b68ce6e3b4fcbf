package io.holdfast.replay;

/** What an application does or learns on a connection, where it matters in which order; the log's codes. */
public final class EventKind {
    /** It read; the value is the number of bytes. */
    public static final int READ = 1;
    /** It was told that the stream is at its end. */
    public static final int END = 2;
    /** It was told, by a read or a write, that the connection failed. */
    public static final int ERROR = 3;
    /** A read that waits for a limited time gave up. */
    public static final int TIMEOUT = 4;
    /**
     * It asked how much it could read; the value is the answer. Where that is 0, ordered among the connection's own events only.
     */
    public static final int AVAILABLE = 5;
    /** It had written so far when something else happened; the value is the output's end. */
    public static final int WRITTEN = 6;
    /** It accepted the connection. Has a record of its own in the log. */
    static final int ACCEPT = 7;
    /** Not in the log: the connection's next event lies in the history, and is being fetched. */
    static final int UNKNOWN = 8;

    private EventKind() {
    }

    /** Is this a code of the log's event records? */
    public static boolean isKnown(final int kind) {
        return kind >= READ && kind <= WRITTEN;
    }
}
