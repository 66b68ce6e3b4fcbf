package io.holdfast.sim;

import io.holdfast.failover.SimNode;
import io.holdfast.replication.channel.Path;
import io.holdfast.replication.channel.PathLoss;
import java.util.ArrayDeque;
import java.util.List;

/**
 * One path between the two hosts of a {@link HostPair}, with a channel that behaves as the real one. Messages of a connection
 * arrive in order. Host 0 dials; host 1 dials only to find out whether host 0 listens. All or a part of a dead process's messages
 * under way still arrive; then its kernel closes the connection, if the host lives.
 */
final class Cable {
    private static final long MS = 1_000_000L;
    private static final long DIAL_EVERY_NS = 100 * MS;
    private static final int MISSED_DIALS = 3;

    /** Events for the two ends. */
    interface Ends {
        /** Returns whether a process answers. */
        boolean runs(int host);

        void onUp(int host, Path path);

        void onDown(int host, Path path, PathLoss loss);

        void onMessage(int host, Path path, Object message);
    }

    private static final class Connection {
        private final boolean[] open = {true, true};
        /** On their way to each end. */
        private final List<ArrayDeque<Runnable>> flights = List.of(new ArrayDeque<>(), new ArrayDeque<>());
    }

    private final World world;
    private final Ends ends;
    private final Path path;
    private final long delayNs;
    private final Connection[] current = new Connection[2];
    private final boolean[] dialling = new boolean[2];
    private final boolean[] introduced = new boolean[2];
    private final long[] dialDueNs = new long[2];
    private final long[] downSinceNs = new long[2];
    /** Counted up by each process. */
    private final int[] process = new int[2];
    private boolean cut;

    Cable(final World world, final Ends ends, final Path path, final long delayNs) {
        this.world = world;
        this.ends = ends;
        this.path = path;
        this.delayNs = delayNs;
    }

    boolean isUp(final int host) {
        return current[host] != null;
    }

    void start(final int host) {
        process[host]++;
        introduced[host] = false;
        dialling[host] = false;
        downSinceNs[host] = world.nowNs;
        dialIn(host, 0);
    }

    /** Cuts the path: messages stay on their way until it is whole again. */
    void cut(final boolean value) {
        final boolean mended = cut && !value;
        cut = value;
        for (int host = 0; host < 2 && mended; host++) {
            final Connection connection = current[1 - host];
            if (connection != null) {
                for (int i = connection.flights.get(host).size(); i > 0; i--) {
                    final int to = host;
                    world.at(world.nowNs + MS, () -> land(connection, to));
                }
            }
        }
    }

    void send(final int from, final Object message) {
        final Connection connection = current[from];
        if (connection != null) {
            fly(connection, 1 - from, () -> {
                if (connection.open[1 - from] && current[1 - from] == connection) {
                    ends.onMessage(1 - from, path, message);
                }
            });
        }
    }

    private void fly(final Connection connection, final int to, final Runnable onArrival) {
        connection.flights.get(to).add(onArrival);
        world.at(world.nowNs + delayNs, () -> land(connection, to));
    }

    private void land(final Connection connection, final int to) {
        if (!cut && !connection.flights.get(to).isEmpty()) {
            connection.flights.get(to).poll().run();
        }
    }

    /** Closes this end, with a word, and dials anew. */
    void drop(final int host) {
        final Connection connection = current[host];
        if (connection != null) {
            connection.open[host] = false;
            down(host, PathLoss.CLOSED_HERE);
            hangUp(connection, 1 - host, PathLoss.LEFT_BY_PEER);
        }
    }

    private void hangUp(final Connection connection, final int other, final PathLoss loss) {
        fly(connection, other, () -> {
            if (connection.open[other] && current[other] == connection) {
                connection.open[other] = false;
                down(other, loss);
            }
        });
    }

    /**
     * The process died.
     *
     * @param part   of what it had sent still arrives
     * @param closes the kernel is alive, and closes the connection
     */
    void die(final int host, final double part, final boolean closes) {
        process[host]++;
        final Connection connection = current[host];
        if (connection == null) {
            return;
        }
        current[host] = null;
        connection.open[host] = false;
        final ArrayDeque<Runnable> flights = connection.flights.get(1 - host);
        final int left = (int) Math.round(flights.size() * part);
        final int lost = flights.size() - left;
        for (int i = 0; i < lost; i++) {
            flights.pollLast();
        }
        if (closes) {
            hangUp(connection, 1 - host, PathLoss.CLOSED_BY_PEER);
        }
    }

    private void down(final int host, final PathLoss loss) {
        current[host] = null;
        downSinceNs[host] = world.nowNs;
        ends.onDown(host, path, loss);
        dialIn(host, 0);
    }

    private void dialIn(final int host, final long ns) {
        final int mine = process[host];
        dialDueNs[host] = world.nowNs + ns;
        world.at(world.nowNs + ns, () -> {
            if (process[host] == mine && ends.runs(host) && current[host] == null && world.nowNs >= dialDueNs[host]) {
                dialIn(host, DIAL_EVERY_NS);
                if (!dialling[host] && (dials(host) || world.nowNs - downSinceNs[host] >= MISSED_DIALS * DIAL_EVERY_NS)) {
                    dial(host);
                }
            }
        });
    }

    private boolean dials(final int host) {
        return host == 0 || !introduced[host];
    }

    private void dial(final int host) {
        final int mine = process[host];
        dialling[host] = true;
        world.at(world.nowNs + 4 * delayNs, () -> {
            if (process[host] != mine) {
                return;
            }
            dialling[host] = false;
            if (cut || current[host] != null || !ends.runs(host)) {
                return;
            }
            if (!ends.runs(1 - host)) {
                ends.onDown(host, path, PathLoss.REFUSED);
                return;
            }
            introduced[0] = true;
            introduced[1] = true;
            if (dials(host)) {
                connect(host);
            }
        });
    }

    private void connect(final int host) {
        final int other = 1 - host;
        if (current[other] != null) {
            current[other].open[other] = false;
            down(other, PathLoss.CLOSED_HERE);
        }
        final Connection connection = new Connection();
        current[host] = connection;
        current[other] = connection;
        ends.onUp(other, path);
        ends.onUp(host, path);
    }
}
