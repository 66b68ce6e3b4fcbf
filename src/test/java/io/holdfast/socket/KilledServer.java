package io.holdfast.socket;

import io.holdfast.config.StackConfig;
import io.holdfast.counters.IpCounter;
import io.holdfast.kill.KillPoint;
import io.holdfast.link.memory.MemoryLink;
import io.holdfast.stack.ShardStoppedException;
import io.holdfast.util.Deadline;
import io.holdfast.wire.IpAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/**
 * A server whose work is struck by an error at its n-th place, on a path that loses frames; the program catches the error and
 * goes on, as programs do. Afterwards the stack is either stopped, and says and takes nothing any more, or as if nothing had
 * happened. Clients never get a byte that is not theirs. Loaded anew by {@code KillLoader}.
 */
public final class KilledServer implements LongFunction<String> {
    private static final long MS = 1_000_000L;
    private static final int PORT = 80;
    private static final int CLIENTS = 3;
    private static final int BYTES = 24_000;
    private static final int ROUNDS = 200_000;

    private HoldfastStack client;
    private HoldfastStack server;
    private long nowNs;
    private boolean dead;
    private boolean reset;
    private String error;
    private Error strike;

    /** The client's byte at that offset; the server answers each with the next one. */
    private static byte byteAt(final int client, final int offset) {
        return (byte) (offset * 31 + offset / 251 + client * 7);
    }

    private static final class Client {
        private final int number;
        private final StreamSocket socket;
        private int sent;
        private int received;
        private boolean reset;
        private boolean over;

        Client(final int number, final StreamSocket socket) {
            this.number = number;
            this.socket = socket;
        }

        /** An error may have taken away a connection that its program was just about to get: it is reset. */
        void act(final boolean mayBeReset) throws IOException {
            try {
                act();
            } catch (final IOException e) {
                if (!mayBeReset || !e.getMessage().contains("reset")) {
                    throw e;
                }
                reset = true;
                over = true;
            }
        }

        private void act() throws IOException {
            if (!socket.finishConnect()) {
                return;
            }
            final ByteBuffer out = ByteBuffer.allocate(2_000);
            while (sent + out.position() < BYTES && out.hasRemaining()) {
                out.put(byteAt(number, sent + out.position()));
            }
            if (out.flip().hasRemaining()) {
                sent += socket.write(out);
                if (sent == BYTES) {
                    socket.shutdownOutput();
                }
            }
            final ByteBuffer in = ByteBuffer.allocate(3_000);
            final int n = socket.read(in);
            for (int i = 0; i < n; i++) {
                if (in.get(i) != (byte) (byteAt(number, received + i) + 1)) {
                    throw new AssertionError("client " + number + " got a wrong byte at " + (received + i));
                }
            }
            received += Math.max(n, 0);
            over = n < 0;
        }
    }

    private static final class Service {
        private final StreamSocket socket;
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(1_500);
        private boolean writes;
        private boolean closes;
        private boolean over;

        Service(final StreamSocket socket) {
            this.socket = socket;
        }

        /** Goes on from wherever an error left it: the buffer's position tells. */
        void act() throws IOException {
            if (!writes) {
                if (closes || socket.read(buffer) < 0) {
                    closes = true;
                    socket.close();
                    over = true;
                    return;
                }
                if (buffer.position() == 0) {
                    return;
                }
                for (int i = 0; i < buffer.position(); i++) {
                    buffer.put(i, (byte) (buffer.get(i) + 1));
                }
                buffer.flip();
                writes = true;
            }
            socket.write(buffer);
            if (!buffer.hasRemaining()) {
                buffer.clear();
                writes = false;
            }
        }
    }

    /** Something of the server's that the error may strike. */
    private interface Part {
        void run() throws IOException;
    }

    private boolean struck(final Part part) throws IOException {
        KillPoint.on(true);
        try {
            part.run();
            return false;
        } catch (final StackOverflowError | OutOfMemoryError | ThreadDeath e) {
            strike = e;
            error = e.getClass().getSimpleName();
            return true;
        } finally {
            KillPoint.on(false);
        }
    }

    @Override
    public String apply(final long n) {
        dead = false;
        reset = false;
        error = null;
        strike = null;
        KillPoint.plan(n, () -> error(n));
        try {
            return play();
        } catch (final IOException | RuntimeException | AssertionError e) {
            final AssertionError failure = new AssertionError("at " + n + ": " + e, e);
            if (strike != null) {
                failure.addSuppressed(strike);
            }
            throw failure;
        } finally {
            KillPoint.on(false);
        }
    }

    /** Of thousands, which the stack logs as well: where they come from is told of the one that is asked for. */
    private static Error error(final long n) {
        final Error made = switch ((int) (n % 3)) {
            case 0 -> new StackOverflowError("at " + n);
            case 1 -> new OutOfMemoryError("at " + n);
            default -> new ThreadDeath();
        };
        if (Long.getLong("holdfast.kill.at") == null) {
            made.setStackTrace(new StackTraceElement[0]);
        }
        return made;
    }

    private static StackConfig config(final IpAddress address, final MemoryLink link, final int seed) {
        return TwoHosts.config(address, link, seed, StackConfig.Threading.INVOKER, config -> config.tcp.timeWaitMs = 50);
    }

    private String play() throws IOException {
        final MemoryLink.Pair wire = TwoHosts.wire(false);
        final StackConfig clientConfig = config(TwoHosts.CLIENT, wire.left(), 1);
        clientConfig.link.lossPercent = 2;
        clientConfig.link.reorderPercent = 0;
        clientConfig.link.faultSeed = 5;
        try (HoldfastStack c = HoldfastStack.start(clientConfig);
            HoldfastStack s = HoldfastStack.start(config(TwoHosts.SERVER, wire.right(), 2))) {
            client = c;
            server = s;
            return serve();
        }
    }

    private String serve() throws IOException {
        nowNs = 1_000 * MS;
        client.invoke(nowNs);
        server.invoke(nowNs);
        final ListenerSocket listener = server.openListener();
        listener.bind(TwoHosts.at(TwoHosts.SERVER, PORT));
        listener.listen(10);
        final List<Client> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            final StreamSocket socket = client.openStream();
            socket.connect(TwoHosts.at(TwoHosts.SERVER, PORT));
            clients.add(new Client(i, socket));
        }
        final List<Service> services = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            boolean over = true;
            client.invoke(nowNs);
            for (final Client c : clients) {
                if (!c.over) {
                    c.act(error != null);
                }
                over &= c.over;
                reset |= c.reset;
            }
            client.invoke(nowNs);
            if (over && server.sockets().size() == 1) {
                return !KillPoint.struck() ? "over " + KillPoint.passed() : reset ? "reset" : "untouched " + error;
            }
            if (struckInService(listener, services) && server.shard().isStopped()) {
                stopped(listener, services);
                return "stopped " + error;
            }
            final long next = Math.min(client.nextDeadlineNs(), server.nextDeadlineNs());
            nowNs = Math.max(nowNs + MS / 10, next == Deadline.NONE || next > nowNs + 20 * MS ? nowNs + MS : next);
        }
        throw new AssertionError("no end: " + server.sockets() + ", services " + services.size());
    }

    private boolean struckInService(final ListenerSocket listener, final List<Service> services) throws IOException {
        boolean struck = struck(() -> server.invoke(nowNs));
        if (!server.shard().isStopped()) {
            struck |= struck(() -> {
                for (StreamSocket accepted = listener.accept(); accepted != null; accepted = listener.accept()) {
                    services.add(new Service(accepted));
                }
            });
        }
        for (final Service service : services) {
            if (!service.over && !server.shard().isStopped()) {
                struck |= struck(service::act);
            }
        }
        return struck;
    }

    /** Whoever uses it hears of it, and it says nothing more. */
    private void stopped(final ListenerSocket listener, final List<Service> services) throws IOException {
        final long sent = server.counters().get(IpCounter.OUT_TRANSMITS);
        client.invoke(nowNs + MS);
        try {
            server.invoke(nowNs + 10 * MS);
            throw new AssertionError("it goes on");
        } catch (final ShardStoppedException e) {
            dead = true;
        }
        for (final Service service : services) {
            if (service.over) {
                continue;
            }
            try {
                service.socket.read(ByteBuffer.allocate(10));
                throw new AssertionError("it reads on");
            } catch (final IOException e) {
                dead &= (service.socket.readiness() & Readiness.ERROR) != 0 || !service.socket.isOpen();
            }
            service.socket.close();
        }
        try {
            listener.accept();
            throw new AssertionError("it accepts");
        } catch (final IOException e) {
            listener.close();
        }
        if (!dead || server.counters().get(IpCounter.OUT_TRANSMITS) != sent) {
            throw new AssertionError("it goes on after it was stopped");
        }
    }
}
