package io.holdfast.stack;

import io.holdfast.tcp.ConnectionId;
import io.holdfast.tcp.TcpConnection;
import io.holdfast.util.Deadline;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A connection's place in its shard: what the shard keeps beside the connection (table, timer, turn to transmit), and
 * where application and shard meet: the verbs that wait for the shard, and the status that the shard has published.
 */
public final class Endpoint implements Command {
    /** Told of events, see {@link TcpConnection#takeEvents()}. */
    public interface Observer {
        /** By the thread that runs the shard; neither blocks nor throws. */
        void onEvents(int events);
    }

    /** The application appended to the send buffer. */
    public static final int WROTE = 1;
    /** The application released bytes of the receive buffer. */
    public static final int READ = 1 << 1;
    public static final int SHUTDOWN_READ = 1 << 2;
    public static final int SHUTDOWN_WRITE = 1 << 3;
    public static final int CLOSE = 1 << 4;
    public static final int ABORT = 1 << 5;
    /** The application will not touch the buffers again. */
    public static final int DETACH = 1 << 6;
    /** The connection's options were changed. */
    public static final int OPTIONS = 1 << 7;

    /** A write found no memory. */
    public static final int STARVED = 1 << 8;

    private static final VarHandle VERBS;

    static {
        try {
            VERBS = MethodHandles.lookup().findVarHandle(Endpoint.class, "verbs", int.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final TcpConnection connection;
    private volatile int verbs;
    private volatile int status;
    private volatile Observer observer;
    private volatile boolean starved;

    // The shard's own, with the baton only.
    final long localHi;
    final long localLo;
    final long remoteHi;
    final long remoteLo;
    final int localPort;
    final int remotePort;
    long hash;
    boolean inTable;
    /** An application holds it: its buffers are not given back before it lets go. */
    boolean attached;
    boolean freed;
    boolean dirty;
    Endpoint nextDirty;
    long armedDeadlineNs = Deadline.NONE;
    int timerId = Timers.NO_ID;

    Endpoint(final TcpConnection connection) {
        this.connection = connection;
        final ConnectionId id = connection.id();
        localHi = id.localAddress().hi();
        localLo = id.localAddress().lo();
        remoteHi = id.remoteAddress().hi();
        remoteLo = id.remoteAddress().lo();
        localPort = id.localPort();
        remotePort = id.remotePort();
    }

    public TcpConnection connection() {
        return connection;
    }

    /** All events that the shard has published so far. Any thread. */
    public int status() {
        return status;
    }

    /** Whom the shard tells of events; null for nobody. Set before asking {@link #status()}. */
    public void observer(final Observer value) {
        observer = value;
    }

    /** A write found no memory, and there is none yet. Any thread. */
    public boolean isStarved() {
        return starved;
    }

    void starved(final boolean value) {
        starved = value;
    }

    /** Publishes events. With the baton. */
    void publish(final int events) {
        if ((status | events) != status) {
            status |= events;
        }
        final Observer told = observer;
        if (told != null) {
            told.onEvents(events);
        }
    }

    /** Notes verbs for later. True if the endpoint must be put into the queue, being in it not yet. Any thread. */
    boolean note(final int added) {
        return (int) VERBS.getAndBitwiseOr(this, added) == 0;
    }

    @Override
    public void execute(final Shard shard, final long nowNs) {
        shard.apply(this, (int) VERBS.getAndSet(this, 0), nowNs);
    }
}
