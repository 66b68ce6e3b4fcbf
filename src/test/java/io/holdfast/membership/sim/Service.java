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
import java.util.function.Consumer;
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
    private Host other;
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

    /** Whom the log flows to, or comes from. */
    private Service peer() {
        return other.service;
    }

    boolean holds(final List<Long> told) {
        return log.size() >= told.size() && log.subList(0, told.size()).equals(told);
    }

    boolean holdsAllOf(final Service other) {
        return log.equals(other.log);
    }

    @Override
    public void send(final int to, final Path path, final DirectBuffer buffer, final int offset, final int length) {
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        final Host receiver = host.other(to);
        cluster.wire(path, host, receiver).send(host, () -> receiver.onBytes(host, path, bytes));
    }

    @Override
    public void onStalled(final int to, final Path path, final long nowNs) {
        final Wire wire = cluster.wire(path, host, host.other(to));
        final long mine = host.incarnation();
        cluster.events.after(0, () -> {
            if (host.incarnation() == mine && host.isRunning()) {
                wire.close(host, PathLoss.CLOSED_HERE);
                wire.tick(host);
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
                replicate(to -> to.onRecord(host, number, sequence, id));
            }
            release();
        }
    }

    private void replicate(final Consumer<Service> onArrival) {
        final Service to = peer();
        cluster.wire(Path.REPLICATION, host, other).send(host, () -> onArrival.accept(to));
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

    private void onRecord(final Host from, final int number, final int sequence, final long id) {
        host.input(() -> {
            if (from != other || number != joined || host.role() != Role.BACKUP && host.role() != Role.JOINING) {
                return;
            }
            if (sequence != log.size() + 1) {
                host.membership.onBackupMissed("got " + sequence + " after " + log.size(), host.nowNs());
                return;
            }
            log.add(id);
            final int upTo = log.size();
            replicate(to -> to.onAcknowledged(host, number, upTo));
            // An implementation pokes the membership when its position moves.
            host.membership.onTimer(host.nowNs());
        });
    }

    private void onAcknowledged(final Host from, final int number, final int upTo) {
        host.input(() -> {
            if (from == other && number == session) {
                acknowledged = Math.max(acknowledged, upTo);
                host.onSignOfLife(from, Path.REPLICATION);
            }
        });
    }

    @Override
    public void onAttach(final int join, final long nowNs) {
        session = join;
        other = host.partner();
        acknowledged = 0;
        final long mine = host.incarnation();
        final int total = log.size();
        final List<Long> history = List.copyOf(log);
        // History and live records share the path; here the live ones wait, as the joiner applies one log.
        for (int i = 0; i < HISTORY_CHUNKS; i++) {
            final int from = total * i / HISTORY_CHUNKS;
            final int to = total * (i + 1) / HISTORY_CHUNKS;
            replicate(there -> there.onHistory(host, join, history.subList(from, to)));
        }
        cluster.events.after(random.nextLong(0, 30 * MS), () -> {
            if (host.incarnation() == mine && session == join) {
                replicate(there -> there.onMark(host, join));
            }
        });
    }

    private void onHistory(final Host from, final int number, final List<Long> records) {
        host.input(() -> {
            if (from == other && number == joined && host.role() == Role.JOINING) {
                log.addAll(records);
            }
        });
    }

    private void onMark(final Host from, final int number) {
        host.input(() -> {
            if (from == other && number == joined && host.role() == Role.JOINING) {
                final int upTo = log.size();
                replicate(to -> {
                    to.onAcknowledged(host, number, upTo);
                    to.onMarkAcknowledged(host, number);
                });
            }
        });
    }

    private void onMarkAcknowledged(final Host from, final int number) {
        host.input(() -> {
            if (from == other) {
                host.membership.onCaughtUp(number, host.nowNs());
            }
        });
    }

    @Override
    public void onDetach(final int join, final long nowNs) {
        session = 0;
    }

    @Override
    public void onJoin(final int join, final long epoch, final long nowNs) {
        forget();
        joined = join;
        other = host.partner();
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
