package io.holdfast.failover.sim;

import io.holdfast.replication.channel.Path;
import io.holdfast.replication.channel.PathLoss;
import io.holdfast.util.SeededRandom;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One path between the hosts: TCP connections, in order and without loss, which stall while the path is cut and come
 * back after a backed-off retransmission; and the channel that dials, replaces and gives up connections.
 */
final class Wire {
    private static final long MS = 1_000_000;
    private static final long SILENCE_NS = 1_000 * MS;
    private static final long MAX_RTO_NS = 400 * MS;

    /** One connection. An end that closed takes and gives nothing any more. */
    private static final class Connection {
        private final boolean[] open = {true, true};
        /** Whether each end has a lifeline to the other. */
        private final boolean[] line = {true, true};
        private final long[] heardNs = new long[2];
        private final long[] arrivalNs = new long[2];
        /** In flight or stalled, towards each end, in order. */
        private final Deque<Runnable>[] flights = queues();

        @SuppressWarnings({"unchecked", "rawtypes"})
        private static Deque<Runnable>[] queues() {
            return new Deque[] {new ArrayDeque<Runnable>(), new ArrayDeque<Runnable>()};
        }
    }

    final Path path;
    private final Cluster cluster;
    private final SeededRandom random;
    /** The connection that each host thinks it has. */
    private final Connection[] current = new Connection[2];
    private final boolean[] dialling = new boolean[2];
    private long settledNs;

    Wire(final Path path, final Cluster cluster, final SeededRandom random) {
        this.path = path;
        this.cluster = cluster;
        this.random = random;
    }

    boolean isWhole() {
        final boolean hosts = cluster.hosts[0].answers() && cluster.hosts[1].answers();
        return hosts && (path == Path.REPLICATION ? !cluster.replicationCut
            : !cluster.hosts[0].lanCut && !cluster.hosts[1].lanCut && !cluster.serviceFiltered);
    }

    private long delayNs() {
        return random.nextLong(50_000, cluster.maxDelayNs);
    }

    /** Nothing waits for a retransmission. */
    boolean isSettled() {
        return cluster.events.nowNs() > settledNs;
    }

    void send(final int from, final Runnable onArrival) {
        final Connection connection = current[from];
        if (connection != null) {
            fly(connection, 1 - from, () -> {
                connection.heardNs[1 - from] = cluster.events.nowNs();
                if (connection.open[1 - from] && current[1 - from] == connection) {
                    onArrival.run();
                }
            });
        }
    }

    private void fly(final Connection connection, final int to, final Runnable onArrival) {
        connection.flights[to].add(onArrival);
        final long queueNs = path == Path.REPLICATION && to == 1 ? cluster.queueOfANs : 0;
        final long atNs = Math.max(cluster.events.nowNs() + queueNs + delayNs(), connection.arrivalNs[to]);
        connection.arrivalNs[to] = atNs;
        cluster.events.at(atNs, () -> land(connection, to));
    }

    private void land(final Connection connection, final int to) {
        if (isWhole() && !connection.flights[to].isEmpty()) {
            connection.flights[to].poll().run();
        }
    }

    /** Something that the path depends on has been mended; what was stalled comes after a retransmission. */
    void onMended() {
        for (int host = 0; host < 2; host++) {
            final Connection connection = current[host];
            if (connection != null && (host == 0 || connection != current[0])) {
                retransmit(connection);
            }
        }
    }

    private void retransmit(final Connection connection) {
        for (int to = 0; to < 2; to++) {
            final int stalled = connection.flights[to].size();
            final long atNs = cluster.events.nowNs() + random.nextLong(MS, MAX_RTO_NS);
            connection.arrivalNs[to] = Math.max(connection.arrivalNs[to], atNs);
            settledNs = Math.max(settledNs, connection.arrivalNs[to]);
            final int end = to;
            for (int i = 0; i < stalled; i++) {
                cluster.events.at(connection.arrivalNs[to], () -> land(connection, end));
            }
        }
    }

    /** The host's process closes its end, or its kernel does it after the process died. */
    void close(final int host, final PathLoss loss) {
        final Connection connection = current[host];
        if (connection == null) {
            return;
        }
        current[host] = null;
        connection.open[host] = false;
        cluster.hosts[host].onDown(path, loss);
        final int other = 1 - host;
        if (connection.open[other]) {
            fly(connection, other, () -> {
                if (connection.open[other] && current[other] == connection) {
                    connection.open[other] = false;
                    current[other] = null;
                    cluster.hosts[other].onDown(path, PathLoss.CLOSED_BY_PEER);
                }
            });
        }
    }

    /** The lifeline of the host's process, which died, or something between, which lies. What else is on its way is overtaken. */
    void cutLine(final int host) {
        final Connection connection = current[host];
        if (connection != null && cluster.lifelines && connection.line[host]) {
            connection.line[host] = false;
            cluster.events.after(delayNs(), () -> tellOfCut(connection, 1 - host));
        }
    }

    private void tellOfCut(final Connection connection, final int to) {
        if (!connection.open[to] || current[to] != connection) {
            return;
        }
        if (isWhole()) {
            cluster.hosts[to].onLifeline(path, false);
        } else {
            cluster.events.after(random.nextLong(MS, MAX_RTO_NS), () -> tellOfCut(connection, to));
        }
    }

    /** The host lost its power: nobody says anything. */
    void vanish(final int host) {
        if (current[host] != null) {
            current[host].open[host] = false;
            current[host] = null;
        }
    }

    /** What the channel does again and again, and when it is told to. */
    void tick(final int host) {
        final Connection connection = current[host];
        final long nowNs = cluster.events.nowNs();
        if (connection != null) {
            if (nowNs - connection.heardNs[host] > SILENCE_NS) {
                close(host, PathLoss.TIMED_OUT);
            } else if (!connection.open[1 - host] && isWhole() && cluster.hosts[1 - host].isOn()
                && connection.flights[host].isEmpty()) {
                // Whatever is sent to an end that is gone is answered with a RST.
                connection.open[host] = false;
                current[host] = null;
                cluster.hosts[host].onDown(path, PathLoss.CLOSED_BY_PEER);
            }
        } else if (!dialling[host] && (cluster.dialler < 0 || cluster.dialler == host)) {
            dial(host);
        }
    }

    private void dial(final int host) {
        if (!isWhole()) {
            return;
        }
        dialling[host] = true;
        final long process = cluster.hosts[host].incarnation();
        cluster.events.after(cluster.handshakeNs + 2 * delayNs(), () -> {
            dialling[host] = false;
            final Host self = cluster.hosts[host];
            final Host other = cluster.hosts[1 - host];
            if (!isWhole() || current[host] != null || self.incarnation() != process || !self.isRunning()) {
                return;
            }
            if (!other.isRunning()) {
                self.onDown(path, PathLoss.REFUSED);
            } else if (!other.isFrozen() && !self.isFrozen()) {
                connect(host);
            }
        });
    }

    private void connect(final int host) {
        final int other = 1 - host;
        if (current[other] != null) {
            // The one that dials knows that the old connection is dead.
            current[other].open[other] = false;
            current[other] = null;
            cluster.hosts[other].onDown(path, PathLoss.CLOSED_HERE);
        }
        final Connection connection = new Connection();
        connection.heardNs[0] = cluster.events.nowNs();
        connection.heardNs[1] = cluster.events.nowNs();
        current[host] = connection;
        current[other] = connection;
        cluster.hosts[other].onUp(path);
        cluster.hosts[host].onUp(path);
        if (cluster.lifelines) {
            for (int end = 0; end < 2; end++) {
                final int to = end;
                fly(connection, to, () -> {
                    if (connection.open[to] && current[to] == connection && connection.line[1 - to]) {
                        cluster.hosts[to].onLifeline(path, true);
                    }
                });
            }
        }
    }
}
