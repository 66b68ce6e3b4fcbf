package io.holdfast.app.conformance;

import io.holdfast.util.Deadline;
import java.net.InetSocketAddress;

/** The calls that may block: each keeps how far it has come. */
final class BlockingActions {
    private BlockingActions() {
    }

    /** A call on one socket, which stays open for it even if its handle is closed meanwhile. */
    abstract static class OnSocket implements Action {
        private final int number;
        private SocketHandle socket;

        OnSocket(final int number) {
            this.number = number;
        }

        @Override
        public final boolean run(final Session session, final Reply reply) throws ErrnoException {
            final boolean first = socket == null;
            if (first) {
                socket = session.handles.need(number);
                socket.acquire();
            }
            return run(session, socket, first, reply);
        }

        abstract boolean run(Session session, SocketHandle target, boolean first, Reply reply) throws ErrnoException;

        @Override
        public final void end(final Session session) {
            if (socket != null) {
                socket.release();
            }
        }
    }

    /** ACCEPT. */
    static final class Accept extends OnSocket {
        Accept(final int number) {
            super(number);
        }

        @Override
        boolean run(final Session session, final SocketHandle target, final boolean first, final Reply reply)
            throws ErrnoException {
            final SocketHandle accepted = target.accept();
            if (accepted == null) {
                if (target.nonBlocking) {
                    throw new ErrnoException(Errno.EAGAIN);
                }
                return false;
            }
            reply.result(session.handles.add(accepted)).addr(accepted.peer());
            return true;
        }
    }

    /** CONNECT. */
    static final class Connect extends OnSocket {
        private final Address remote;

        Connect(final int number, final Address remote) {
            super(number);
            this.remote = remote;
        }

        @Override
        boolean run(final Session session, final SocketHandle target, final boolean first, final Reply reply)
            throws ErrnoException {
            if (!first) {
                return target.connected();
            }
            final InetSocketAddress address = remote.isNone() ? null : remote.toSocketAddress(target.family);
            final int waiting = target.connect(address);
            if (waiting == 0) {
                return true;
            }
            if (target.nonBlocking) {
                throw new ErrnoException(waiting);
            }
            return false;
        }
    }

    /** RECV. */
    static final class Receive extends OnSocket {
        private final long max;
        private final int flags;
        private Receipt receipt;

        Receive(final int number, final long max, final int flags) {
            super(number);
            this.max = max;
            this.flags = flags;
        }

        @Override
        boolean run(final Session session, final SocketHandle target, final boolean first, final Reply reply)
            throws ErrnoException {
            if (first) {
                receipt = new Receipt(max, flags, target.nonBlocking || (flags & SocketHandle.DONTWAIT) != 0);
            }
            if (!target.receive(receipt)) {
                if (receipt.nonBlocking) {
                    throw new ErrnoException(Errno.EAGAIN);
                }
                return false;
            }
            receipt.write(reply);
            return true;
        }
    }

    /** SEND. */
    static final class Send extends OnSocket {
        private final int flags;
        private final Address destination;
        private final byte[] data;
        private boolean nonBlocking;
        private int sent;

        Send(final int number, final int flags, final Address destination, final byte[] data) {
            super(number);
            this.flags = flags;
            this.destination = destination;
            this.data = data;
        }

        @Override
        boolean run(final Session session, final SocketHandle target, final boolean first, final Reply reply)
            throws ErrnoException {
            if (first) {
                nonBlocking = target.nonBlocking || (flags & SocketHandle.DONTWAIT) != 0;
            }
            final InetSocketAddress to = destination.isNone() ? null : destination.toSocketAddress(target.family);
            do {
                final int n;
                try {
                    n = target.send(data, sent, flags, to);
                } catch (final ErrnoException e) {
                    if (sent > 0) {
                        break;
                    }
                    throw e;
                }
                if (n < 0) {
                    if (!nonBlocking) {
                        return false;
                    }
                    if (sent == 0) {
                        throw new ErrnoException(Errno.EAGAIN);
                    }
                    break;
                }
                sent += n;
                // Accepted bytes may leave at once and make room for more.
                session.invokeStack();
            } while (sent < data.length);
            reply.result(sent);
            return true;
        }
    }

    /** CLOSE: waits only if SO_LINGER says so. */
    static final class Close implements Action {
        private final int number;
        private SocketHandle socket;
        private long deadlineNs = Deadline.NONE;

        Close(final int number) {
            this.number = number;
        }

        @Override
        public boolean run(final Session session, final Reply reply) throws ErrnoException {
            if (socket == null) {
                socket = session.handles.remove(number);
                final long lingerNs = socket.lingerNs();
                if (!socket.close() || lingerNs == 0) {
                    return true;
                }
                deadlineNs = session.clock().nowNs() + lingerNs;
                session.invokeStack();
            }
            return !socket.lingering() || session.clock().nowNs() >= deadlineNs;
        }

        @Override
        public long deadlineNs() {
            return deadlineNs;
        }
    }

    /** POLL. */
    static final class Poll implements Action {
        private final int[] numbers;
        private final int[] events;
        private final int timeoutMs;
        private boolean started;
        private long deadlineNs = Deadline.NONE;

        Poll(final int[] numbers, final int[] events, final int timeoutMs) {
            this.numbers = numbers;
            this.events = events;
            this.timeoutMs = timeoutMs;
        }

        @Override
        public boolean run(final Session session, final Reply reply) {
            final int[] ready = new int[numbers.length];
            int count = 0;
            for (int i = 0; i < numbers.length; i++) {
                ready[i] = ready(session, numbers[i], events[i]);
                count += ready[i] != 0 ? 1 : 0;
            }
            if (!started && timeoutMs >= 0) {
                deadlineNs = session.clock().nowNs() + timeoutMs * 1_000_000L;
            }
            started = true;
            if (count == 0 && session.clock().nowNs() < deadlineNs) {
                return false;
            }
            reply.result(count);
            for (final int bits : ready) {
                reply.u16(bits);
            }
            return true;
        }

        private static int ready(final Session session, final int number, final int wanted) {
            if (number < 0) {
                return 0;
            }
            final SocketHandle socket = session.handles.find(number);
            return socket == null ? SocketHandle.POLLNVAL
                : socket.poll() & (wanted | SocketHandle.POLLERR | SocketHandle.POLLHUP);
        }

        @Override
        public long deadlineNs() {
            return deadlineNs;
        }
    }
}
