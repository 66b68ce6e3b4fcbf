package io.holdfast.socket;

import io.holdfast.replay.Choices;
import io.holdfast.stack.Endpoint;
import io.holdfast.stack.PortBinding;
import io.holdfast.stack.Resumption;
import io.holdfast.tcp.ConnectionId;
import io.holdfast.tcp.TcpConnection;
import io.holdfast.tcp.TcpError;
import io.holdfast.tcp.TcpInfo;
import io.holdfast.wire.IpAddress;
import java.io.IOException;
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
public final class StreamSocket extends TcpSocket {
    /** Bytes of a {@link #checkpoint} at most. */
    public static final int MAX_CHECKPOINT_BYTES = 64 * 1024;

    private final HoldfastStack stack;
    private final StreamWaiters waiters;
    private final Runnable closing = this::close;
    private final WaiterSlot.Question readyQuestion = interest -> readiness() & interest;
    private final Occupants occupants = new Occupants();
    private final StreamInput input;
    private final StreamOutput output;
    private final CheckpointOffsets checkpoints = new CheckpointOffsets();
    private volatile Endpoint endpoint;
    private volatile PortBinding binding;
    private volatile boolean connectReported;
    private final boolean accepted;

    StreamSocket(final HoldfastStack stack) {
        this(stack, false);
    }

    private StreamSocket(final HoldfastStack stack, final boolean accepted) {
        super(stack.shard(), stack.config().tcp);
        this.stack = stack;
        this.accepted = accepted;
        input = new StreamInput(shard);
        output = new StreamOutput(shard);
        waiters = new StreamWaiters(shard);
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
        checkpoints.resume(resumption.readOffset(), resumption.writeOffset());
        output.shut = resumption.endpoint().connection().outputEnded();
        // Where reads are played, the script says how far they go.
        input.shut = resumption.endpoint().script() == null && resumption.endpoint().connection().inputShut();
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
        final IpAddress to = SocketErrors.remote(remote);
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
            shard.post(connection, Endpoint.ABORT | Endpoint.DETACH);
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
        if ((status & (TcpConnection.FAILED | TcpConnection.CONNECTED)) != 0) {
            connectReported = true;
        }
        if ((status & TcpConnection.FAILED) != 0) {
            throw SocketErrors.connecting(SocketErrors.cause(e));
        }
        return (status & TcpConnection.CONNECTED) != 0;
    }

    // --- bytes ---

    /** Bytes read, 0 if there are none, -1 at the end of the stream. */
    public int read(final ByteBuffer dst) throws IOException {
        enter();
        try {
            return input.read(requireConnection(), dst);
        } finally {
            exit();
        }
    }

    public long read(final ByteBuffer[] dsts, final int offset, final int length) throws IOException {
        enter();
        try {
            return input.read(requireConnection(), dsts, offset, length);
        } finally {
            exit();
        }
    }

    /** Copies without consuming, like MSG_PEEK. */
    public int peek(final ByteBuffer dst) throws IOException {
        enter();
        try {
            return input.peek(requireConnection(), dst);
        } finally {
            exit();
        }
    }

    /** Bytes taken, 0 if the send buffer is full. */
    public int write(final ByteBuffer src) throws IOException {
        enter();
        try {
            return output.write(requireConnection(), src);
        } finally {
            exit();
        }
    }

    public long write(final ByteBuffer[] srcs, final int offset, final int length) throws IOException {
        enter();
        try {
            return output.write(requireConnection(), srcs, offset, length);
        } finally {
            exit();
        }
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
        return endpoint == null || input.shut || endpoint.isAvailableKnown();
    }

    /**
     * Bytes that can be read now (SIOCINQ). On a backup, where another host's application asks the same: what that one is told,
     * for which this waits a second at most; a read may still have to wait for what others are to do first.
     */
    public int available() {
        final Endpoint e = endpoint;
        if (!isAvailableKnown()) {
            waiters.awaitAnswer(this::isAvailableKnown);
        }
        return e == null || input.shut || !tryEnter() ? 0 : leaveWith(e.available());
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

    /** Where in this side's stream the next byte written goes, in bytes from its beginning, on whichever hosts written. */
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
            return checkpoints.take(requireConnection(), readOffset, writeOffset, blob, MAX_CHECKPOINT_BYTES);
        } finally {
            exit();
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
            return StreamWaiters.ALL;
        }
        if (e == null) {
            return Readiness.HANG_UP | Readiness.WRITE;
        }
        if (!tryEnter()) {
            return Readiness.HANG_UP;
        }
        return leaveWith(StreamReadiness.of(e, connectReported, input.shut, output.shut));
    }

    /** At most one; null for none. */
    public void readinessListener(final ReadinessListener value) {
        waiters.listener(value);
    }

    /** By the shard. */
    private void onEvents(final Endpoint e, final int raised) {
        final int bits = StreamReadiness.ofEvents(e.visible(raised), output.shut);
        if (bits != 0) {
            waiters.tell(bits);
        }
    }

    @Override
    public void onStackStopped() {
        waiters.tell(StreamWaiters.ALL);
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
        return waiters.await(readyQuestion, interest, timeoutNs);
    }

    // --- the end ---

    public void shutdownInput() throws IOException {
        enter();
        try {
            if (input.shut(requireConnection())) {
                waiters.tell(Readiness.READ);
            }
        } finally {
            exit();
        }
    }

    public void shutdownOutput() throws IOException {
        enter();
        try {
            if (output.shut(requireConnection())) {
                waiters.tell(Readiness.WRITE);
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
            if (!occupants.close()) {
                return;
            }
            final Endpoint e = endpoint;
            if (e != null) {
                shard.post(e, Endpoint.CLOSE);
                waiters.linger(e, options.lingerMs);
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
            final boolean first = occupants.close();
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

    private void finishClose(final Endpoint e) {
        if (binding != null) {
            shard.unbind(binding);
        }
        if (e != null && occupants.isOver()) {
            shard.post(e, Endpoint.DETACH);
        }
        Choices.left(e);
        waiters.tell(StreamWaiters.ALL);
        stack.forget(this);
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
            if (!occupants.enter()) {
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
        if (occupants.leave() && e != null) {
            shard.post(e, Endpoint.DETACH);
        }
    }

    private int leaveWith(final int value) {
        exit();
        return value;
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

    // --- options and insight ---

    /** Options that {@link #option} knows. */
    public static Set<SocketOption<?>> supportedOptions() {
        return TcpOptionValues.STREAM;
    }

    @Override
    void applyOptions() {
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
        return e == null ? null
            : SocketErrors.socketAddress(e.connection().id().remoteAddress(), e.connection().id().remotePort());
    }

    @Override
    public boolean isOpen() {
        return !occupants.isClosed();
    }

    /** Why the connection failed; null if it did not, or there is none. Does not count as telling it. */
    public TcpError error() {
        final Endpoint e = endpoint;
        return e == null || (e.status() & TcpConnection.FAILED) == 0 ? null : SocketErrors.cause(e);
    }

    /** The connection's vital signs; of one not connected only the state. */
    public TcpInfo info() {
        final Endpoint e = endpoint;
        return e == null ? new TcpInfo() : shard.info(e);
    }
}
