package io.holdfast.tcp;

import io.holdfast.buffer.ChunkPool;
import io.holdfast.counters.Counters;
import io.holdfast.util.RandomSource;
import io.holdfast.wire.IpAddress;
import java.util.function.Function;
import org.agrona.DirectBuffer;

/** Where the connections and listeners of one shard are born. Shard's thread only. */
public final class TcpStack extends TcpContext {
    /** The stack's side: the connection table and the path. */
    public interface Table extends Site {
        /** A connection came to be (half open ones too); it gets segments from now on. False if the table is full. */
        boolean add(TcpConnection connection);

        /** A listener has something to accept. */
        void onAcceptable(TcpListener listener);

        /** The connection changed outside of a call about it: look at its events, deadline and transmissions. */
        void onWork(TcpConnection connection);
    }

    /** Shifts by multiples of this leave alone what a cookie hides in a timestamp. */
    public static final int TIMESTAMP_STEP_MS = SynCookies.TIMESTAMP_STEP;

    final Table table;

    public TcpStack(final TcpConfig config, final ChunkPool pool, final Counters counters, final RandomSource random,
        final Table table) {
        super(config, pool, counters, random, table);
        this.table = table;
    }

    /** Active open: the SYN leaves with the next {@link TcpConnection#pollTransmit}. The caller adds it to its table. */
    public TcpConnection connect(final ConnectionId id, final TcpOptions options, final long nowNs) {
        final TcpConnection connection = new TcpConnection(this, id, options);
        connection.open(nowNs);
        return connection;
    }

    /**
     * An image of a connection that lives on another host, from its {@link Replicated#snapshot}. The caller adds it to its
     * table.
     *
     * @param options what it begins with, by its ends
     * @throws IllegalArgumentException if the bytes are no snapshot of this version
     */
    public TcpShadow restore(final DirectBuffer snapshot, final int offset, final int length,
        final Function<ConnectionId, TcpOptions> options) {
        if (length != TcbSnapshot.LENGTH) {
            throw new IllegalArgumentException("a snapshot of " + length + " bytes, not " + TcbSnapshot.LENGTH);
        }
        final Tcb tcb = new TcbSnapshot().decode(snapshot, offset);
        return new TcpConnection(this, tcb, options.apply(tcb.id)).shadow(tcb.rcvWindowShift);
    }

    /** Passive open. {@code address} may be {@link IpAddress#ANY}. */
    public TcpListener listen(final IpAddress address, final int port, final int backlog, final TcpOptions options) {
        return new TcpListener(this, address, port, backlog, options);
    }
}
