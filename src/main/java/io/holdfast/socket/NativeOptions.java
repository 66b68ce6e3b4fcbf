package io.holdfast.socket;

import java.net.SocketOption;
import java.util.Set;

/**
 * Options of Linux's TCP sockets that Java has no name for, for {@link StreamSocket} and {@link ListenerSocket}. Units are
 * Linux's.
 */
public final class NativeOptions {
    /** Holds back segments that are not full, for 200 ms at most. */
    public static final SocketOption<Boolean> TCP_CORK = new Option<>("TCP_CORK", Boolean.class);
    /** Largest segment, 88 to 32,767 bytes; 0 for the path's. */
    public static final SocketOption<Integer> TCP_MAXSEG = new Option<>("TCP_MAXSEG", Integer.class);
    /** Longest time in ms that sent data may stay unacknowledged; 0 for the retransmissions' own limit. */
    public static final SocketOption<Integer> TCP_USER_TIMEOUT = new Option<>("TCP_USER_TIMEOUT", Integer.class);
    /** Seconds in FIN-WAIT-2 after close; 0 for the stack's setting, negative for none. */
    public static final SocketOption<Integer> TCP_LINGER2 = new Option<>("TCP_LINGER2", Integer.class);
    /** Retransmissions of the SYN, 1 to 127; 0 for the stack's setting. */
    public static final SocketOption<Integer> TCP_SYNCNT = new Option<>("TCP_SYNCNT", Integer.class);
    /** "cubic" or "reno". */
    public static final SocketOption<String> TCP_CONGESTION = new Option<>("TCP_CONGESTION", String.class);
    /** Hop limit of packets, 1 to 255; 0 for the default. */
    public static final SocketOption<Integer> IP_TTL = new Option<>("IP_TTL", Integer.class);

    /** Urgent data is in the stream in any case; what is set here is what is read. */
    public static final SocketOption<Boolean> SO_OOBINLINE = new Option<>("SO_OOBINLINE", Boolean.class);

    static final Set<SocketOption<?>> ALL =
        Set.of(TCP_CORK, TCP_MAXSEG, TCP_USER_TIMEOUT, TCP_LINGER2, TCP_SYNCNT, TCP_CONGESTION, IP_TTL, SO_OOBINLINE);

    record Option<T>(String name, Class<T> type) implements SocketOption<T> {
        /**
         * There is one of each. Said here, because what a record has of itself is made at run time, in every start of the agent.
         */
        @Override
        public boolean equals(final Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private NativeOptions() {
    }
}
