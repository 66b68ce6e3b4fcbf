package io.holdfast.membership.sim;

import io.holdfast.replication.channel.Path;
import io.holdfast.replication.channel.PathLoss;
import io.holdfast.util.SeededRandom;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One path between two hosts: TCP connections, in order and without loss, which stall while the path is cut and come
 * back after a backed-off retransmission; and the channel that dials, replaces and gives up connections.
 *
 * <p>As the real channel, only the host with the smaller name, A, dials for a connection, once both know each other's
 * names. B dials when A has missed three
 * chances: A would close that connection, but A's kernel says if nobody listens there any more.
 */
final class Wire {
    private static final long MS = 1_000_000;
    private static final long SILENCE_NS = 1_000 * MS;
    private static final long MAX_RTO_NS = 400 * MS;
    private static final int MISSED_DIALS = 3;
    /** In one of so many cases there is no room for the word before the FIN. */
    private static final int FAREWELL_LOST = 4;

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
    /** Its ends: 0, whose name is the smaller one, and 1. */
    private final Host[] hosts;
    private final SeededRandom random;
    /** The connection that each host thinks it has. */
    private final Connection[] current = new Connection[2];
    private final boolean[] dialling = new boolean[2];
    /** The process of a host knows the other's name. */
    private final boolean[] introduced = new boolean[2];
    private final long[] downSinceNs = new long[2];
    private long settledNs;

    Wire(final Path path, final Cluster cluster, final Host first, final Host second, final SeededRandom random) {
        this.path = path;
        this.cluster = cluster;
        hosts = new Host[] {first, second};
        this.random = random;
    }

    boolean isWhole() {
        final boolean answer = hosts[0].answers() && hosts[1].answers();
        return answer && (path == Path.REPLICATION
            ? !cluster.replicationCut && !hosts[0].replicationCut && !hosts[1].replicationCut
            : !hosts[0].lanCut && !hosts[1].lanCut && !cluster.serviceFiltered);
    }

    boolean isOf(final Host host) {
        return hosts[0] == host || hosts[1] == host;
    }

    boolean isBetween(final Host one, final Host other) {
        return isOf(one) && isOf(other);
    }

    private int end(final Host host) {
        return hosts[0] == host ? 0 : 1;
    }

    private long delayNs() {
        return random.nextLong(50_000, cluster.maxDelayNs);
    }

    /** Nothing waits for a retransmission. */
    boolean isSettled() {
        return cluster.events.nowNs() > settledNs;
    }

    void send(final Host sender, final Runnable onArrival) {
        final int from = end(sender);
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

    /** A process begins. */
    void onStart(final Host process) {
        final int host = end(process);
        introduced[host] = false;
        downSinceNs[host] = cluster.events.nowNs();
    }

    private void down(final int host, final PathLoss loss) {
        current[host] = null;
        downSinceNs[host] = cluster.events.nowNs();
        final long process = hosts[host].incarnation();
        hosts[host].onDown(hosts[1 - host], path, loss);
        cluster.events.after(0, () -> {
            if (hosts[host].isRunning() && hosts[host].incarnation() == process
                && !hosts[host].isFrozen()) {
                tick(host);
            }
        });
    }

    /** The host's process closes its end, with a word of farewell, or its kernel does it after the process died. */
    void close(final Host closing, final PathLoss loss) {
        close(end(closing), loss);
    }

    private void close(final int host, final PathLoss loss) {
        final Connection connection = current[host];
        if (connection == null) {
            return;
        }
        final boolean word = hosts[host].isRunning() && random.nextInt(FAREWELL_LOST) != 0;
        connection.open[host] = false;
        down(host, loss);
        final int other = 1 - host;
        if (connection.open[other]) {
            fly(connection, other, () -> {
                if (connection.open[other] && current[other] == connection) {
                    connection.open[other] = false;
                    down(other, word ? PathLoss.LEFT_BY_PEER : PathLoss.CLOSED_BY_PEER);
                }
            });
        }
    }

    /** The lifeline of the host's process, which died, or something between, which lies. What else is on its way is overtaken. */
    void cutLine(final Host died) {
        final int host = end(died);
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
            hosts[to].onLifeline(hosts[1 - to], path, false);
        } else {
            cluster.events.after(random.nextLong(MS, MAX_RTO_NS), () -> tellOfCut(connection, to));
        }
    }

    /** The host lost its power: nobody says anything. */
    void vanish(final Host off) {
        final int host = end(off);
        if (current[host] != null) {
            current[host].open[host] = false;
            current[host] = null;
        }
    }

    /** What the channel does again and again, and when it is told to. */
    void tick(final Host turn) {
        tick(end(turn));
    }

    private void tick(final int host) {
        final Connection connection = current[host];
        final long nowNs = cluster.events.nowNs();
        if (connection != null) {
            if (nowNs - connection.heardNs[host] > SILENCE_NS) {
                close(host, PathLoss.TIMED_OUT);
            } else if (!connection.open[1 - host] && isWhole() && hosts[1 - host].isOn()
                && connection.flights[host].isEmpty()) {
                // Whatever is sent to an end that is gone is answered with a RST.
                connection.open[host] = false;
                down(host, PathLoss.CLOSED_BY_PEER);
            }
        } else if (!dialling[host] && (dials(host)
            || nowNs - downSinceNs[host] >= MISSED_DIALS * cluster.dialEveryNs)) {
            dial(host);
        }
    }

    /** It is its turn: its name is the smaller one, as far as it knows. */
    private boolean dials(final int host) {
        return host == 0 || !introduced[host];
    }

    private void dial(final int host) {
        if (!isWhole()) {
            return;
        }
        dialling[host] = true;
        final long process = hosts[host].incarnation();
        final long handshakeNs = hosts[1 - host].isRunning() ? cluster.handshakeNs : 0;
        cluster.events.after(handshakeNs + 2 * delayNs(), () -> {
            dialling[host] = false;
            final Host self = hosts[host];
            final Host other = hosts[1 - host];
            if (!isWhole() || current[host] != null || self.incarnation() != process || !self.isRunning()) {
                return;
            }
            if (!other.isRunning()) {
                self.onDown(other, path, PathLoss.REFUSED);
            } else if (!other.isFrozen() && !self.isFrozen()) {
                introduced[0] = true;
                introduced[1] = true;
                if (dials(host)) {
                    connect(host);
                }
            }
        });
    }

    private void connect(final int host) {
        final int other = 1 - host;
        if (current[other] != null) {
            // The one that dials knows that the old connection is dead.
            current[other].open[other] = false;
            down(other, PathLoss.CLOSED_HERE);
        }
        final Connection connection = new Connection();
        connection.heardNs[0] = cluster.events.nowNs();
        connection.heardNs[1] = cluster.events.nowNs();
        current[host] = connection;
        current[other] = connection;
        hosts[other].onUp(hosts[host], path);
        hosts[host].onUp(hosts[other], path);
        if (cluster.lifelines) {
            for (int end = 0; end < 2; end++) {
                final int to = end;
                fly(connection, to, () -> {
                    if (connection.open[to] && current[to] == connection && connection.line[1 - to]) {
                        hosts[to].onLifeline(hosts[1 - to], path, true);
                    }
                });
            }
        }
    }
}
