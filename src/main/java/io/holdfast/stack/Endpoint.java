package io.holdfast.stack;

import io.holdfast.buffer.StreamBuffer;
import io.holdfast.replay.ChoiceScript;
import io.holdfast.replay.EventKind;
import io.holdfast.replay.InputScript;
import io.holdfast.replay.WaitSkipper;
import io.holdfast.tcp.ConnectionId;
import io.holdfast.tcp.TcpConnection;
import io.holdfast.util.Deadline;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

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

    /** Takes an application's verbs to its connection. */
    interface VerbHandler {
        /** With the baton. */
        void apply(Endpoint endpoint, int verbs, long nowNs);
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

    /** A script's next event is due, or is to be fetched. */
    public static final int DUE = 1 << 9;

    /** Told what the application does and learns, so that a backup's application can do and learn the same. By its threads. */
    public interface EventRecorder {
        /**
         * The application is about to learn something; before it can act on it.
         *
         * @param kind of {@link EventKind}, which says what {@code value} is
         */
        void onEvent(int kind, long value);

        /** The application wrote; before it does anything else. */
        void onWrote();

        /** A clock or a generator told it this while it served the connection; before it has the answer. */
        void onChoice(int kind, long value, byte[] bytes);

        /**
         * Another could go on from there: input before {@code readOffset} is done with, and has led to output up to
         * {@code writeOffset}. By its thread.
         *
         * @return false if that is not kept, now or ever
         */
        boolean onCheckpoint(long readOffset, long writeOffset, byte[] blob);
    }

    private static final int TOLD_AGAIN = TcpConnection.PEER_CLOSED | TcpConnection.FAILED | TcpConnection.CLOSED
        | TcpConnection.TIME_WAIT;
    private static final VarHandle VERBS;

    static {
        try {
            VERBS = MethodHandles.lookup().findVarHandle(Endpoint.class, "verbs", int.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final TcpConnection connection;
    private final VerbHandler verbHandler;
    private volatile int verbs;
    private volatile int status;
    private volatile Observer observer;
    private volatile boolean starved;
    private volatile InputScript script;
    private volatile ChoiceScript choices;
    private volatile WaitSkipper waits;
    private volatile EventRecorder recorder;
    private boolean endRecorded;
    private volatile boolean errorRecorded;
    /** What was recorded as available since the last read or timeout; -1 for nothing. Reader only. */
    private int availableRecorded = -1;
    /** Replication's part; with the baton only. */
    private ReplicaConnection replica;

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
    /** An application will get it, although it may be out of the table by then. */
    boolean promised;
    /** See {@link Starvation}; 0 for none. */
    long promise;
    boolean freed;
    boolean dirty;
    Endpoint nextDirty;
    long armedDeadlineNs = Deadline.NONE;
    int timerId = EndpointTimers.NO_ID;

    Endpoint(final TcpConnection connection, final VerbHandler verbHandler) {
        this.connection = connection;
        this.verbHandler = verbHandler;
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

    // --- reading: by the application's reader ---

    /** Bytes read, 0 if there are none that may be read. */
    public int read(final ByteBuffer dst) {
        final InputScript portions = script;
        if (portions != null) {
            final int n = portions.read(connection.receiveBuffer(), dst);
            if (n != InputScript.FREE) {
                return n;
            }
            script = null;
        }
        return recorded(connection.receiveBuffer().read(dst));
    }

    /** As {@link #read(ByteBuffer)}, filling buffer after buffer. */
    public long read(final ByteBuffer[] dsts, final int offset, final int length) {
        final InputScript portions = script;
        if (portions != null) {
            final long n = portions.read(connection.receiveBuffer(), dsts, offset, length);
            if (n != InputScript.FREE) {
                return n;
            }
            script = null;
        }
        final StreamBuffer buffer = connection.receiveBuffer();
        int total = 0;
        for (int i = offset; i < offset + length; i++) {
            total += buffer.read(dsts[i]);
            if (dsts[i].hasRemaining()) {
                break;
            }
        }
        return recorded(total);
    }

    /** Bytes that the application has written. Any thread. */
    public long written() {
        return connection.sendBuffer().tail();
    }

    private int recorded(final int n) {
        final EventRecorder told = recorder;
        if (n > 0 && told != null) {
            availableRecorded = -1;
            told.onEvent(EventKind.READ, n);
        }
        return n;
    }

    /**
     * False where {@link #available} depends on what another host's application is told, and that is not known yet. By its
     * reader.
     */
    public boolean isAvailableKnown() {
        final InputScript portions = script;
        return portions == null || portions.isAnswerKnown();
    }

    /** Bytes that the application can count on. By its reader. */
    public int available() {
        final InputScript portions = script;
        final int size = portions == null ? connection.receiveBuffer().size() : portions.available(connection.receiveBuffer());
        final EventRecorder told = recorder;
        if (told != null && size != availableRecorded && (portions == null || portions.isFree())) {
            availableRecorded = size;
            told.onEvent(EventKind.AVAILABLE, size);
        }
        return size;
    }

    /**
     * Whether a write may be tried: always, but where another host's application has learned of a failure, or will. Any thread.
     */
    public boolean mayWrite() {
        final InputScript portions = script;
        return portions == null || !portions.isHeld() || waits.isPassed(written());
    }

    /** The application wrote. */
    public void onWrote() {
        final EventRecorder told = recorder;
        if (told != null) {
            told.onWrote();
        }
    }

    /** The reader is about to be told that the stream is at its end. */
    public void onEndRead() {
        final InputScript portions = script;
        if (portions != null && !portions.isFree()) {
            portions.endTold();
            endRecorded = true;
            return;
        }
        final EventRecorder told = recorder;
        if (told != null && !endRecorded) {
            endRecorded = true;
            told.onEvent(EventKind.END, 0);
        }
    }

    /** The application is about to be told that the connection failed. */
    public void onErrorTold() {
        final InputScript portions = script;
        if (portions != null && !portions.isFree()) {
            portions.errorTold();
            errorRecorded = true;
            return;
        }
        final EventRecorder told = recorder;
        if (told != null && !errorRecorded) {
            errorRecorded = true;
            told.onEvent(EventKind.ERROR, 0);
        }
    }

    /**
     * A read that waits for a limited time has waited.
     *
     * @param expired the limit is over
     * @return true if it gives up now: where another host's application did; by the clock where there was none
     */
    public boolean givesUp(final boolean expired) {
        final InputScript portions = script;
        if (portions != null && !portions.isFree()) {
            return portions.takeTimeout();
        }
        final EventRecorder told = recorder;
        if (expired && told != null) {
            availableRecorded = -1;
            told.onEvent(EventKind.TIMEOUT, 0);
        }
        return expired;
    }

    /** There are bytes that may be read. Any thread. */
    public boolean readable() {
        final InputScript portions = script;
        return portions == null ? connection.receiveBuffer().size() > 0 : portions.isReadable(connection.receiveBuffer());
    }

    /** All events that the shard has published so far, and the application may know of. Any thread. */
    public int visible() {
        final int published = status;
        final InputScript portions = script;
        return portions == null ? published : portions.visible(published);
    }

    /**
     * The application is not to know of the stream's end before it has read what comes first: another host's is told of it then.
     * False where no other host's follows. Any thread.
     */
    public boolean hidesEnd() {
        final InputScript portions = script;
        return portions != null ? portions.isUnread() : recorder != null && connection.receiveBuffer().size() > 0;
    }

    /** Of these events, those that the application may know of: the others are told again when they are due. With the baton. */
    public int visible(final int raised) {
        final InputScript portions = script;
        if (portions == null) {
            return raised;
        }
        final boolean hidden = (raised & TcpConnection.READABLE) != 0 && !portions.isReadable(connection.receiveBuffer());
        return raised & (portions.visible(raised) | TcpConnection.READABLE) & ~(hidden ? TcpConnection.READABLE : 0);
    }

    /** Where input is scripted: tells of what is due, or of everything if the script is over. With the baton. */
    public void tellDue() {
        final InputScript portions = script;
        if (portions != null) {
            final boolean free = portions.isFree();
            final int bits = free ? status & TOLD_AGAIN | (connection.receiveBuffer().size() > 0 ? TcpConnection.READABLE : 0)
                : portions.dueEvents(connection.receiveBuffer());
            connection.raiseNow(bits);
        }
    }

    /** How the application may read; null for freely. Before the application has the endpoint. */
    public void script(final InputScript value) {
        script = value;
    }

    public InputScript script() {
        return script;
    }

    /** What clocks and generators are to tell the application; null for what is so. Before the application has the endpoint. */
    public void choices(final ChoiceScript value) {
        choices = value;
    }

    public ChoiceScript choices() {
        return choices;
    }

    /** The application does again what another has done. Before it has the endpoint. */
    public void hasten() {
        waits = new WaitSkipper();
    }

    /** The other application had written at least so many bytes; after {@link #hasten}. With the baton only. */
    public void writtenThere(final long bytes) {
        waits.writtenThere(bytes);
    }

    /** The other application is known to have written more than this one, or to have learned of something next. Any thread. */
    public boolean isPassed() {
        final InputScript portions = script;
        final WaitSkipper rule = waits;
        return rule != null && rule.isPassed(written()) || portions != null && portions.waiting() > 0;
    }

    /** Need the application not wait for so long? Then {@link #aheadNs} has grown by it. Its threads. */
    public boolean skips(final long ns) {
        final WaitSkipper rule = waits;
        return rule != null && rule.skips(ns, written(), connection.receiveBuffer().head(),
            script != null && script.isUnread());
    }

    /** So far the clock by which the application measures time is to be ahead of the host's. Any thread. */
    public long aheadNs() {
        final WaitSkipper rule = waits;
        return rule == null ? 0 : rule.aheadNs();
    }

    /**
     * What the application reads and is told is played to it, and there is more of it. Its thread, or the shard while that waits.
     */
    public boolean plays() {
        final InputScript portions = script;
        final ChoiceScript answers = choices;
        return portions != null && !portions.over() || answers != null && !answers.over();
    }

    public EventRecorder recorder() {
        return recorder;
    }

    /** Who is told of events and choices; null for nobody. */
    public void recorder(final EventRecorder value) {
        recorder = value;
    }

    /** What replication keeps beside the connection; null if it is not protected. With the baton only. */
    public ReplicaConnection replica() {
        return replica;
    }

    public void replica(final ReplicaConnection value) {
        replica = value;
    }

    /** In the table still, TIME-WAIT included. With the baton only. */
    public boolean inTable() {
        return inTable;
    }

    /** An application has it. With the baton only. */
    public boolean attached() {
        return attached;
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
    public void execute(final long nowNs) {
        verbHandler.apply(this, (int) VERBS.getAndSet(this, 0), nowNs);
    }
}
