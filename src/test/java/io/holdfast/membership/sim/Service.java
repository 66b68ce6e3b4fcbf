package io.holdfast.membership.sim;

import io.holdfast.membership.MembershipListener;
import io.holdfast.membership.Reason;
import io.holdfast.membership.Role;
import io.holdfast.replication.ReplayLag;
import io.holdfast.replication.channel.Path;
import io.holdfast.replication.channel.PathLoss;
import io.holdfast.util.SeededRandom;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;

/** What a host's membership governs: a log of numbers that stands for all that is replicated, and its output commit. */
final class Service implements MembershipListener {
    private static final long MS = 1_000_000;
    private static final int HISTORY_CHUNKS = 4;

    private final Host host;
    private final Cluster cluster;
    private final SeededRandom random;
    private final List<Long> log = new ArrayList<>();
    private int session;
    private int acknowledged;
    private int released;
    private int joined;
    private boolean flushing;
    private ReplayLag behind = ReplayLag.UNKNOWN;
    /** How far this host's servers are behind the primary's. */
    long behindBytes;
    /** What was said of the backup's servers when nothing departed any more. */
    long behindAtFlush;

    Service(final Host host, final Cluster cluster, final SeededRandom random) {
        this.host = host;
        this.cluster = cluster;
        this.random = random;
    }

    private Service peer() {
        return cluster.hosts[1 - host.index].service;
    }

    boolean holds(final List<Long> told) {
        return log.size() >= told.size() && log.subList(0, told.size()).equals(told);
    }

    boolean holdsAllOf(final Service other) {
        return log.equals(other.log);
    }

    @Override
    public void send(final Path path, final DirectBuffer buffer, final int offset, final int length) {
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        cluster.wire(path).send(host.index, () -> cluster.hosts[1 - host.index].onBytes(path, bytes));
    }

    @Override
    public void onStalled(final Path path, final long nowNs) {
        final long mine = host.incarnation();
        cluster.events.after(0, () -> {
            if (host.incarnation() == mine && host.isRunning()) {
                cluster.wire(path).close(host.index, PathLoss.CLOSED_HERE);
                cluster.wire(path).tick(host.index);
            }
        });
    }

    void forget() {
        log.clear();
        session = 0;
        acknowledged = 0;
        released = 0;
        joined = 0;
        flushing = false;
        behind = ReplayLag.UNKNOWN;
    }

    void append() {
        if (host.role().isOwner() && !host.lanCut && !flushing) {
            log.add(cluster.nextId());
            final int sequence = log.size();
            final long id = log.get(sequence - 1);
            final int number = session;
            if (number != 0) {
                replicate(() -> peer().onRecord(number, sequence, id));
            }
            release();
        }
    }

    private void replicate(final Runnable onArrival) {
        cluster.wire(Path.REPLICATION).send(host.index, onArrival);
    }

    /** Output commit: what leaves, leaves here. */
    void release() {
        if (!host.role().isOwner() || host.lanCut || !host.membership.mayDepart(host.nowNs())) {
            return;
        }
        final int limit = host.role() == Role.SOLO ? log.size() : Math.min(acknowledged, log.size());
        while (released < limit) {
            cluster.clients.onTold(host, released, log.get(released));
            released++;
        }
    }

    private void onRecord(final int number, final int sequence, final long id) {
        host.input(() -> {
            if (number != joined || host.role() != Role.BACKUP && host.role() != Role.JOINING) {
                return;
            }
            if (sequence != log.size() + 1) {
                host.membership.onBackupMissed("got " + sequence + " after " + log.size(), host.nowNs());
                return;
            }
            log.add(id);
            final int upTo = log.size();
            replicate(() -> peer().onAcknowledged(number, upTo));
            // An implementation pokes the membership when its position moves.
            host.membership.onTimer(host.nowNs());
        });
    }

    private void onAcknowledged(final int number, final int upTo) {
        host.input(() -> {
            if (number == session) {
                acknowledged = Math.max(acknowledged, upTo);
                host.membership.onSignOfLife(Path.REPLICATION, host.nowNs());
            }
        });
    }

    @Override
    public void onAttach(final int join, final long nowNs) {
        session = join;
        acknowledged = 0;
        final long mine = host.incarnation();
        final int total = log.size();
        final List<Long> history = List.copyOf(log);
        // History and live records share the path; here the live ones wait, as the joiner applies one log.
        for (int i = 0; i < HISTORY_CHUNKS; i++) {
            final int from = total * i / HISTORY_CHUNKS;
            final int to = total * (i + 1) / HISTORY_CHUNKS;
            replicate(() -> peer().onHistory(join, history.subList(from, to)));
        }
        cluster.events.after(random.nextLong(0, 30 * MS), () -> {
            if (host.incarnation() == mine && session == join) {
                replicate(() -> peer().onMark(join));
            }
        });
    }

    private void onHistory(final int number, final List<Long> records) {
        host.input(() -> {
            if (number == joined && host.role() == Role.JOINING) {
                log.addAll(records);
            }
        });
    }

    private void onMark(final int number) {
        host.input(() -> {
            if (number == joined && host.role() == Role.JOINING) {
                final int upTo = log.size();
                replicate(() -> {
                    peer().onAcknowledged(number, upTo);
                    peer().onMarkAcknowledged(number);
                });
            }
        });
    }

    private void onMarkAcknowledged(final int number) {
        host.input(() -> host.membership.onCaughtUp(number, host.nowNs()));
    }

    @Override
    public void onDetach(final int join, final long nowNs) {
        session = 0;
    }

    @Override
    public void onJoin(final int join, final long epoch, final long nowNs) {
        forget();
        joined = join;
    }

    @Override
    public void onReset(final long nowNs) {
        forget();
    }

    @Override
    public long position() {
        return log.size();
    }

    @Override
    public ReplayLag behind() {
        final ReplayLag before = behind;
        behind = new ReplayLag(log.size(), behindBytes);
        return before;
    }

    @Override
    public void onHold(final long nowNs) {
        final long mine = host.incarnation();
        final int position = log.size();
        cluster.events.after(0, () -> host.input(() -> {
            if (host.incarnation() == mine) {
                host.membership.onHeld(position, host.nowNs());
            }
        }));
    }

    @Override
    public void onFlush(final long lacking, final long nowNs) {
        behindAtFlush = lacking;
        flushing = true;
        final long mine = host.incarnation();
        // Not within the call. What is on its way is the backup's to wait for.
        cluster.events.after(0, () -> host.input(() -> {
            if (host.incarnation() == mine && flushing) {
                host.membership.onFlushed(log.size(), host.nowNs());
            }
        }));
    }

    @Override
    public void onFlushCancelled(final long nowNs) {
        flushing = false;
    }

    @Override
    public void onRole(final Role from, final Role to, final long epoch, final Reason reason, final long nowNs) {
        if (to.isOwner() && !from.isOwner()) {
            session = 0;
            released = 0;
            flushing = false;
        }
        cluster.clients.onRole(host, from, to, epoch, reason);
    }
}
