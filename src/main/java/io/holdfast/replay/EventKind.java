package io.holdfast.replay;

/** Acts and events of an application on a connection whose order matters; the log's codes. */
public final class EventKind {
    /** The application read; the value is the number of bytes. */
    public static final int READ = 1;
    /** The application was told of the end of the stream. */
    public static final int END = 2;
    /** A read or a write told the application that the connection failed. */
    public static final int ERROR = 3;
    /** A read that waits for a limited time gave up. */
    public static final int TIMEOUT = 4;
    /**
     * The application asked for the number of available bytes; the value is the answer. An answer of 0 is ordered among the
     * connection's own events only.
     */
    public static final int AVAILABLE = 5;
    /** Progress of the application's writes when another event happened; the value is the output's end. */
    public static final int WRITTEN = 6;
    /** The application accepted the connection. Has a record of its own in the log. */
    static final int ACCEPT = 7;
    /** Not in the log: a placeholder while the connection's next event is fetched from the history. */
    static final int UNKNOWN = 8;

    private EventKind() {
    }

    /** Returns whether this is a code of the log's event records. */
    public static boolean isKnown(final int kind) {
        return kind >= READ && kind <= WRITTEN;
    }
}
