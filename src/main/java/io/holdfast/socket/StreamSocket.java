package io.holdfast.socket;

import io.holdfast.buffer.StreamBuffer;
import io.holdfast.replay.Choices;
import io.holdfast.stack.Endpoint;
import io.holdfast.stack.PortBinding;
import io.holdfast.stack.Resumption;
import io.holdfast.stack.ShardClient;
import io.holdfast.tcp.ConnectionId;
import io.holdfast.tcp.TcpConnection;
import io.holdfast.tcp.TcpError;
import io.holdfast.tcp.TcpInfo;
import io.holdfast.tcp.TcpOptions;
import io.holdfast.tcp.TcpState;
import io.holdfast.wire.IpAddress;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.util.Set;

/**
 * A TCP connection, or one to be. Any thread; at most one thread reads and one writes at a time (others must be kept out
 * by the caller, as NIO channels do). Non-blocking by nature: {@link #await} blocks.
 *
 * <p>Errors are {@code IOException}s with the kernel's wording ("Connection reset by peer"), {@code ConnectException},
 * {@code NoRouteToHostException}, {@code BindException}, {@code ClosedChannelException} after a local close.
 */
public final class StreamSocket implements StackSocket {
    /** Bytes of a {@link #checkpoint} at most. */
    public static final int MAX_CHECKPOINT_BYTES = 64 * 1024;

    private static final int READ_SIDE = Readiness.READ | Readiness.PEER_CLOSED | Readiness.HANG_UP | Readiness.ERROR;
    private static final int WRITE_SIDE = Readiness.WRITE | Readiness.CONNECT | Readiness.HANG_UP | Readiness.ERROR;
    private static final int ALWAYS = Readiness.HANG_UP | Readiness.ERROR;
    /** In {@link #users}: the application closed the socket. The rest counts threads inside. */
    private static final int CLOSED_BIT = 1 << 30;
    /** How often, and how long each time, {@link #available} waits. */
    private static final int MOST_ANSWER_WAITS = 1_000;
    private static final long ANSWER_WAIT_NS = 1_000_000;
    /** Segments of application data released before the peer is told of the room. */
    private static final int TOLD_SEGMENTS = 2;
    private static final int USUAL_MSS = 1_448;
    private static final VarHandle USERS;

    static {
        try {
            USERS = MethodHandles.lookup().findVarHandle(StreamSocket.class, "users", int.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final HoldfastStack stack;
    private final ShardClient shard;
    private final TcpOptions options = new TcpOptions();
    private final WaiterSlot readers;
    private final WaiterSlot writers;
    private final Runnable closing = this::close;
    private final WaiterSlot.Question readyQuestion = interest -> readiness() & interest;
    @SuppressWarnings("unused")
    private volatile int users;
    private volatile Endpoint endpoint;
    private volatile PortBinding binding;
    private volatile ReadinessListener listener;
    private volatile boolean inputShut;
    private volatile boolean outputShut;
    private volatile boolean connectReported;
    private boolean writeFailed;
    private final boolean accepted;
    /** In INVOKER mode each read tells the shard, as each recv makes Linux look: telling costs nothing there. */
    private final boolean toldAtOnce;
    /** Offsets of the last checkpoint. */
    private long checkpointRead;
    private long checkpointWrite;
    /** Bytes read since the shard was told. Reader only. */
    private int untoldBytes;

    StreamSocket(final HoldfastStack stack) {
        this(stack, false);
    }

    private StreamSocket(final HoldfastStack stack, final boolean accepted) {
        this.stack = stack;
        this.accepted = accepted;
        shard = stack.shard();
        toldAtOnce = shard.isInvoked();
        readers = new WaiterSlot(shard);
        writers = new WaiterSlot(shard);
    }

    /** Accepted. */
    StreamSocket(final HoldfastStack stack, final Endpoint endpoint) {
        this(stack, true);
        options.copyFrom(endpoint.connection().options());
        connectReported = true;
        adopt(endpoint);
    }

    /** Of another host's application. With the baton. */
    StreamSocket(final HoldfastStack stack, final Resumption resumption) {
        this(stack, resumption.endpoint());
        checkpointRead = resumption.readOffset();
        checkpointWrite = resumption.writeOffset();
        outputShut = resumption.endpoint().connection().outputEnded();
        // Where reads are played, the script says how far they go.
        inputShut = resumption.endpoint().script() == null && resumption.endpoint().connection().inputShut();
    }

    private void adopt(final Endpoint connection) {
        connection.observer(events -> onEvents(connection, events));
        endpoint = connection;
    }

    public void bind(final InetSocketAddress local) throws IOException {
        requireOpen();
        if (binding != null || endpoint != null) {
            throw new java.net.SocketException("Invalid argument");
        }
        binding = stack.bind(local, options.reuseAddress);
    }

    /** Sends the SYN; {@link Readiness#CONNECT} tells the end. Returns true if it ended at once. */
    public boolean connect(final InetSocketAddress remote) throws IOException {
        requireOpen();
        if (endpoint != null) {
            throw new AlreadyConnectedException();
        }
        final IpAddress to = SocketErrors.address(remote);
        if (remote.getPort() == 0 || to.isAny()) {
            throw SocketErrors.connecting(TcpError.CONNECTION_REFUSED);
        }
        if (to.isMulticast()) {
            throw SocketErrors.connecting(TcpError.NETWORK_UNREACHABLE);
        }
        final IpAddress from = binding != null && !binding.address().isAny() ? binding.address() : stack.sourceFor(to);
        if (from == null) {
            throw SocketErrors.connecting(TcpError.NETWORK_UNREACHABLE);
        }
        final Endpoint connection = shard.connect(from, binding, to, remote.getPort(), options);
        if (connection == null) {
            throw SocketErrors.addressNotAvailable();
        }
        adopt(connection);
        if (!isOpen()) {
            releaseEndpoint(connection);
            throw new ClosedChannelException();
        }
        return (connection.status() & TcpConnection.CONNECTED) != 0;
    }

    /** True if connected, false if still under way; throws what ended it. */
    public boolean finishConnect() throws IOException {
        requireOpen();
        final Endpoint e = endpoint;
        if (e == null) {
            throw SocketErrors.notConnected();
        }
        final int status = e.status();
        if ((status & TcpConnection.FAILED) != 0) {
            connectReported = true;
            throw SocketErrors.connecting(error(e));
        }
        if ((status & TcpConnection.CONNECTED) != 0) {
            connectReported = true;
            return true;
        }
        return false;
    }

    // --- bytes ---

    /** Bytes read, 0 if there are none, -1 at the end of the stream. */
    public int read(final ByteBuffer dst) throws IOException {
        enter();
        try {
            final Endpoint e = requireConnection();
            final int status = e.visible();
            final int n = inputShut ? 0 : take(e, dst);
            return n > 0 ? afterRead(e, n) : dst.hasRemaining() ? nothingToRead(e, status) : 0;
        } finally {
            exit();
        }
    }

    public long read(final ByteBuffer[] dsts, final int offset, final int length) throws IOException {
        enter();
        try {
            final Endpoint e = requireConnection();
            final int status = e.visible();
            boolean room = false;
            for (int i = offset; i < offset + length && !room; i++) {
                room = dsts[i].hasRemaining();
            }
            final int total = inputShut ? 0 : take(e, dsts, offset, length);
            return total > 0 ? afterRead(e, total) : room || inputShut ? nothingToRead(e, status) : 0;
        } finally {
            exit();
        }
    }

    private int take(final Endpoint e, final ByteBuffer dst) {
        try {
            return e.read(dst);
        } catch (final Error error) {
            throw shard.poisoned(error);
        }
    }

    private int take(final Endpoint e, final ByteBuffer[] dsts, final int offset, final int length) {
        try {
            return (int) e.read(dsts, offset, length);
        } catch (final Error error) {
            throw shard.poisoned(error);
        }
    }

    private int give(final Endpoint e, final ByteBuffer src) {
        try {
            return e.connection().sendBuffer().append(src);
        } catch (final Error error) {
            throw shard.poisoned(error);
        }
    }

    /** The shard hears of released bytes only when there are enough of them to matter to the window. */
    private int afterRead(final Endpoint e, final int n) {
        untoldBytes += n;
        if (toldAtOnce || untoldBytes >= Math.min(e.connection().receiveBuffer().capacity() / 2, TOLD_SEGMENTS * USUAL_MSS)) {
            untoldBytes = 0;
            shard.post(e, Endpoint.READ);
        }
        return n;
    }

    /** The status was read before the buffer: what it tells is true of an empty buffer. */
    private int nothingToRead(final Endpoint e, final int status) throws IOException {
        if ((status & TcpConnection.PEER_CLOSED) != 0 && !e.hidesEnd() || inputShut) {
            e.onEndRead();
            return -1;
        }
        if ((status & TcpConnection.FAILED) != 0) {
            e.onErrorTold();
            throw SocketErrors.reading(error(e));
        }
        if ((status & (TcpConnection.CLOSED | TcpConnection.TIME_WAIT)) != 0) {
            return -1;
        }
        return 0;
    }

    /** Copies without consuming, like MSG_PEEK. */
    public int peek(final ByteBuffer dst) throws IOException {
        enter();
        try {
            final Endpoint e = requireConnection();
            final int status = e.visible();
            final StreamBuffer buffer = e.connection().receiveBuffer();
            final int n = inputShut ? 0 : Math.min(e.available(), dst.remaining());
            if (n > 0) {
                buffer.copy(buffer.head(), dst, n);
                return n;
            }
            return dst.hasRemaining() ? nothingToRead(e, status) : 0;
        } finally {
            exit();
        }
    }

    /** Bytes taken, 0 if the send buffer is full. */
    public int write(final ByteBuffer src) throws IOException {
        enter();
        try {
            final Endpoint e = requireConnection();
            if (!writable(e)) {
                return 0;
            }
            final int n = give(e, src);
            return n > 0 || src.hasRemaining() ? (int) afterWrite(e, n) : 0;
        } finally {
            exit();
        }
    }

    public long write(final ByteBuffer[] srcs, final int offset, final int length) throws IOException {
        enter();
        try {
            final Endpoint e = requireConnection();
            if (!writable(e)) {
                return 0;
            }
            long total = 0;
            boolean left = false;
            for (int i = offset; i < offset + length && !left; i++) {
                total += give(e, srcs[i]);
                left = srcs[i].hasRemaining();
            }
            return total > 0 || left ? afterWrite(e, total) : 0;
        } finally {
            exit();
        }
    }

    /** Nothing taken for want of memory: it is used up stack-wide, and the shard tells when there is some again. */
    private long afterWrite(final Endpoint e, final long taken) {
        if (taken > 0) {
            shard.post(e, Endpoint.WROTE);
            e.onWrote();
        } else if (e.connection().sendBuffer().lackedMemory()) {
            shard.post(e, Endpoint.STARVED);
        }
        return taken;
    }

    /** False if the connect is under way; throws if nothing can be written any more. */
    private boolean writable(final Endpoint e) throws IOException {
        final int status = e.visible();
        if ((status & TcpConnection.FAILED) != 0 && !writeFailed) {
            // The error itself is told once, then only that the pipe is broken, as the kernel does.
            writeFailed = true;
            e.onErrorTold();
            throw SocketErrors.writing(error(e));
        }
        if (outputShut || (status & (TcpConnection.FAILED | TcpConnection.CLOSED | TcpConnection.TIME_WAIT)) != 0) {
            throw SocketErrors.writing(TcpError.BROKEN_PIPE);
        }
        return (status & TcpConnection.CONNECTED) != 0 && e.mayWrite();
    }

    /**
     * A read that waits for a limited time has waited. By the reader, which gives up if this is true.
     *
     * @param expired the limit is over; not enough where another host's application read on
     */
    public boolean givesUp(final boolean expired) {
        final Endpoint e = endpoint;
        return e == null || !tryEnter() ? expired : leaveWith(e.givesUp(expired) ? 1 : 0) != 0;
    }

    /** False where {@link #available} has to wait for what another host's application is told. By the reader. */
    public boolean isAvailableKnown() {
        final Endpoint e = endpoint;
        return e == null || inputShut || e.isAvailableKnown();
    }

    /**
     * Bytes that can be read now (SIOCINQ). On a backup, where another host's application asks the same: what that one is told,
     * for which this waits a second at most; a read may still have to wait for what others are to do first.
     */
    public int available() {
        final Endpoint e = endpoint;
        for (int waits = 0; !isAvailableKnown() && waits < MOST_ANSWER_WAITS && !toldAtOnce && !shard.isRunByCaller(); waits++) {
            readers.await(mask -> isAvailableKnown() ? mask : 0, Readiness.READ, ANSWER_WAIT_NS);
        }
        return e == null || inputShut || !tryEnter() ? 0 : leaveWith(e.available());
    }

    /** Bytes written and not yet acknowledged (SIOCOUTQ). */
    public int unacknowledged() {
        final Endpoint e = endpoint;
        return e == null || !tryEnter() ? 0 : leaveWith(e.connection().sendBuffer().size());
    }

    // --- offsets and checkpoints ---

    /** Where in the peer's stream the next read begins, in bytes from its beginning, on whichever hosts they were read. */
    public long readOffset() throws IOException {
        enter();
        try {
            return requireConnection().connection().receiveBuffer().head();
        } finally {
            exit();
        }
    }

    /**
     * Where in this side's stream the next byte written goes, in bytes from its beginning, on whichever hosts they were written.
     */
    public long writeOffset() throws IOException {
        enter();
        try {
            return requireConnection().connection().sendBuffer().tail();
        } finally {
            exit();
        }
    }

    /** The same with all that was read and written so far. */
    public boolean checkpoint(final ByteBuffer blob) throws IOException {
        return checkpoint(readOffset(), writeOffset(), blob);
    }

    /**
     * Says that this application, on another host, could go on from here: with input from {@code readOffset} on, with output from
     * {@code writeOffset} on, and with the blob, all of which belong together from now on. Input before is not kept for another
     * host any more. Neither reads nor writes of this connection may be under way in other threads.
     *
     * <p>The backup has it before anything that is written afterwards leaves; a host that dies earlier leaves the checkpoint
     * before.
     *
     * @param readOffset  input before that is done with; not after {@link #readOffset()}, nor before the last checkpoint's
     * @param writeOffset what was written for that input; not after {@link #writeOffset()}, nor before the last checkpoint's.
     *     Before {@link #writeOffset()} where the application has read bytes again for which another host had written already
     * @param blob             at most {@value #MAX_CHECKPOINT_BYTES} bytes, copied; its position is moved to its limit
     * @return false if it was not taken, which leaves the one before in force: the connection is not protected, or the log has no
     *     room at the moment
     * @throws IllegalArgumentException if an offset or the blob's size is not one of these
     */
    public boolean checkpoint(final long readOffset, final long writeOffset, final ByteBuffer blob) throws IOException {
        enter();
        try {
            final Endpoint e = requireConnection();
            inRange("read", readOffset, checkpointRead, e.connection().receiveBuffer().head());
            inRange("write", writeOffset, checkpointWrite, e.connection().sendBuffer().tail());
            if (blob.remaining() > MAX_CHECKPOINT_BYTES) {
                throw new IllegalArgumentException("a blob of " + blob.remaining() + " bytes: at most " + MAX_CHECKPOINT_BYTES);
            }
            final byte[] bytes = new byte[blob.remaining()];
            blob.get(bytes);
            final Endpoint.EventRecorder recorder = e.recorder();
            if (recorder == null || !recorder.onCheckpoint(readOffset, writeOffset, bytes)) {
                return false;
            }
            checkpointRead = readOffset;
            checkpointWrite = writeOffset;
            return true;
        } finally {
            exit();
        }
    }

    private static void inRange(final String which, final long offset, final long from, final long to) {
        if (offset < from || offset > to) {
            throw new IllegalArgumentException(which + " offset " + offset + ": from " + from + " to " + to);
        }
    }

    // --- readiness ---

    /** Current {@link Readiness} bits. */
    public int readiness() {
        if (!isOpen()) {
            return Readiness.HANG_UP;
        }
        final Endpoint e = endpoint;
        if (shard.isStopped()) {
            return READ_SIDE | WRITE_SIDE;
        }
        if (e == null) {
            return Readiness.HANG_UP | Readiness.WRITE;
        }
        if (!tryEnter()) {
            return Readiness.HANG_UP;
        }
        return leaveWith(readiness(e));
    }

    private int readiness(final Endpoint e) {
        final int status = e.visible();
        final int connect = connectReported ? 0 : Readiness.CONNECT;
        final boolean peerClosed = (status & TcpConnection.PEER_CLOSED) != 0 && !e.hidesEnd();
        int bits = peerClosed ? Readiness.PEER_CLOSED | Readiness.READ : 0;
        if ((status & TcpConnection.FAILED) != 0) {
            return bits | Readiness.READ | Readiness.WRITE | Readiness.ERROR | Readiness.HANG_UP | connect;
        }
        if ((status & (TcpConnection.CLOSED | TcpConnection.TIME_WAIT)) != 0) {
            return bits | Readiness.READ | Readiness.WRITE | Readiness.HANG_UP | connect;
        }
        if ((status & TcpConnection.CONNECTED) == 0) {
            return bits;
        }
        bits |= connect;
        if (inputShut || e.readable()) {
            bits |= Readiness.READ;
        }
        final StreamBuffer out = e.connection().sendBuffer();
        if (outputShut || out.free() * 3L >= out.capacity() && !e.isStarved() && e.mayWrite()) {
            bits |= Readiness.WRITE;
        }
        if (outputShut && (peerClosed || inputShut)) {
            bits |= Readiness.HANG_UP;
        }
        return bits;
    }

    /** At most one; null for none. */
    public void readinessListener(final ReadinessListener value) {
        listener = value;
    }

    /** By the shard. */
    private void onEvents(final Endpoint e, final int raised) {
        final int events = e.visible(raised);
        int bits = 0;
        if ((events & TcpConnection.CONNECTED) != 0) {
            bits |= Readiness.CONNECT | Readiness.WRITE;
        }
        if ((events & TcpConnection.READABLE) != 0) {
            bits |= Readiness.READ;
        }
        if ((events & TcpConnection.WRITABLE) != 0) {
            bits |= Readiness.WRITE;
        }
        if ((events & TcpConnection.PEER_CLOSED) != 0) {
            bits |= Readiness.READ | Readiness.PEER_CLOSED | (outputShut ? Readiness.HANG_UP : 0);
        }
        if ((events & TcpConnection.FAILED) != 0) {
            bits |= Readiness.READ | Readiness.WRITE | Readiness.CONNECT | Readiness.ERROR | Readiness.HANG_UP;
        }
        if ((events & (TcpConnection.CLOSED | TcpConnection.TIME_WAIT)) != 0) {
            bits |= Readiness.READ | Readiness.WRITE | Readiness.HANG_UP;
        }
        if (bits != 0) {
            tell(bits);
        }
    }

    @Override
    public void onStackStopped() {
        tell(READ_SIDE | WRITE_SIDE);
    }

    private void tell(final int bits) {
        if ((bits & READ_SIDE) != 0) {
            readers.wake();
        }
        if ((bits & WRITE_SIDE) != 0) {
            writers.wake();
        }
        final ReadinessListener told = listener;
        if (told != null) {
            told.onReady(bits);
        }
    }

    /** Whom the shard calls for events from now on, in place of a readiness listener. Set once, by the shard or before use. */
    public void handler(final ConnectionHandler value) {
        readinessListener(new HandlerAdapter(this, value));
    }

    /**
     * Blocks until one of the bits is set, the time is up, the thread is interrupted, or the socket is closed by another
     * thread. An error or a hang-up ends it too, asked for or not.
     *
     * @param timeoutNs negative: no limit
     * @return the bits that are set; 0 after a timeout or interrupt
     */
    public int await(final int interest, final long timeoutNs) {
        shard.requireRoom();
        final boolean writes = (interest & (Readiness.WRITE | Readiness.CONNECT)) != 0;
        return (writes ? writers : readers).await(readyQuestion, interest | ALWAYS, timeoutNs);
    }

    // --- the end ---

    public void shutdownInput() throws IOException {
        enter();
        try {
            final Endpoint e = requireConnection();
            if (!inputShut) {
                inputShut = true;
                shard.post(e, Endpoint.SHUTDOWN_READ);
                tell(Readiness.READ);
            }
        } finally {
            exit();
        }
    }

    public void shutdownOutput() throws IOException {
        enter();
        try {
            final Endpoint e = requireConnection();
            if (!outputShut) {
                outputShut = true;
                shard.post(e, Endpoint.SHUTDOWN_WRITE);
                tell(Readiness.WRITE);
            }
        } finally {
            exit();
        }
    }

    /**
     * Orderly close; what was written is still delivered. With linger set, blocks as SO_LINGER says. A thread without stack left
     * for it, whose channel has said already that it is closed, leaves it to the shard's thread, and waits for nothing.
     */
    @Override
    public void close() {
        if (!shard.hasRoom() && !shard.isRunByCaller()) {
            shard.post(closing);
            return;
        }
        try {
            if (!markClosed()) {
                return;
            }
            final Endpoint e = endpoint;
            if (e != null) {
                shard.post(e, Endpoint.CLOSE);
                linger(e);
            }
            finishClose(e);
        } catch (final Error error) {
            throw shard.poisoned(error);
        }
    }

    /** Reset. */
    public void abort() {
        shard.requireRoom();
        final Endpoint e = endpoint;
        try {
            final boolean first = markClosed();
            if (e != null) {
                shard.post(e, Endpoint.ABORT);
            }
            if (first) {
                finishClose(e);
            }
        } catch (final Error error) {
            throw shard.poisoned(error);
        }
    }

    private void linger(final Endpoint e) {
        if (options.lingerMs > 0 && !shard.isRunByCaller() && (e.status() & TcpConnection.CONNECTED) != 0) {
            final int over = TcpConnection.TIME_WAIT | TcpConnection.CLOSED | TcpConnection.FAILED;
            writers.await(mask -> e.status() & mask, over, options.lingerMs * 1_000_000L);
        }
    }

    /** True for the first one. */
    private boolean markClosed() {
        return ((int) USERS.getAndBitwiseOr(this, CLOSED_BIT) & CLOSED_BIT) == 0;
    }

    private void finishClose(final Endpoint e) {
        final PortBinding held = binding;
        if (held != null) {
            shard.unbind(held);
        }
        if (e != null && users == CLOSED_BIT) {
            shard.post(e, Endpoint.DETACH);
        }
        Choices.left(e);
        tell(READ_SIDE | WRITE_SIDE);
        stack.forget(this);
    }

    private void releaseEndpoint(final Endpoint e) {
        shard.post(e, Endpoint.ABORT | Endpoint.DETACH);
    }

    // --- who is inside, so that memory is not given back under a reader or writer ---

    /** Whatever can fail for want of stack, fails here. */
    private void enter() throws IOException {
        shard.requireRoom();
        stack.requireRunning();
        if (!tryEnter()) {
            throw new ClosedChannelException();
        }
    }

    private boolean tryEnter() {
        try {
            if (((int) USERS.getAndAdd(this, 1) & CLOSED_BIT) != 0) {
                exit();
                return false;
            }
            return true;
        } catch (final Error error) {
            // It counts as inside for ever.
            throw shard.poisoned(error);
        }
    }

    private void exit() {
        final Endpoint e = endpoint;
        if ((int) USERS.getAndAdd(this, -1) - 1 == CLOSED_BIT && e != null) {
            shard.post(e, Endpoint.DETACH);
        }
    }

    private int leaveWith(final int value) {
        exit();
        return value;
    }

    private void requireOpen() throws IOException {
        shard.requireRoom();
        stack.requireRunning();
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    private Endpoint requireConnection() throws IOException {
        final Endpoint e = endpoint;
        if (e == null) {
            throw SocketErrors.notConnected();
        }
        serve();
        return e;
    }

    /**
     * The calling thread begins to serve this connection; reading and writing tell it too. See {@link Choices}. Nothing if
     * it was not accepted: whoever opens a connection does so for a client whom he serves already, or for himself.
     */
    public void serve() {
        if (accepted) {
            Choices.serving(endpoint);
        }
    }

    private static TcpError error(final Endpoint e) {
        final TcpError error = e.connection().error();
        return error == null ? TcpError.ABORTED : error;
    }

    // --- options and insight ---

    /** Options that {@link #option} knows. */
    public static Set<SocketOption<?>> supportedOptions() {
        return TcpOptionValues.STREAM;
    }

    /** Standard and extended options that Linux's sockets support; {@code UnsupportedOperationException} for others. */
    public <T> void option(final SocketOption<T> name, final T value) throws IOException {
        requireOpen();
        if (!TcpOptionValues.set(options, name, value)) {
            throw new UnsupportedOperationException("'" + name + "' not supported");
        }
        applyOptions();
    }

    @SuppressWarnings("unchecked")
    public <T> T option(final SocketOption<T> name) throws IOException {
        requireOpen();
        final Object value = TcpOptionValues.get(options, stack.config().tcp, name);
        if (value == null) {
            throw new UnsupportedOperationException("'" + name + "' not supported");
        }
        return (T) value;
    }

    /** Sets all options at once, in the core's own form. */
    public void options(final TcpOptions values) throws IOException {
        requireOpen();
        options.copyFrom(values);
        applyOptions();
    }

    private void applyOptions() {
        final Endpoint e = endpoint;
        if (e != null) {
            shard.options(e, options);
        }
    }

    /** null if not bound. */
    public InetSocketAddress localAddress() {
        final Endpoint e = endpoint;
        if (e != null) {
            final ConnectionId id = e.connection().id();
            return SocketErrors.socketAddress(id.localAddress(), id.localPort());
        }
        final PortBinding held = binding;
        return held == null ? null : SocketErrors.socketAddress(held.address(), held.port());
    }

    /** null if not connected. */
    public InetSocketAddress remoteAddress() {
        final Endpoint e = endpoint;
        if (e == null) {
            return null;
        }
        final ConnectionId id = e.connection().id();
        return SocketErrors.socketAddress(id.remoteAddress(), id.remotePort());
    }

    public boolean isOpen() {
        return (users & CLOSED_BIT) == 0;
    }

    /** Why the connection failed; null if it did not, or there is none. Does not count as telling it. */
    public TcpError error() {
        final Endpoint e = endpoint;
        return e == null || (e.status() & TcpConnection.FAILED) == 0 ? null : error(e);
    }

    /** The connection's vital signs; of one not connected only the state. */
    public TcpInfo info() {
        final Endpoint e = endpoint;
        if (e == null) {
            final TcpInfo info = new TcpInfo();
            info.state = TcpState.CLOSED;
            return info;
        }
        return shard.info(e);
    }
}
