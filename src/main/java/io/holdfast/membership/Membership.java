package io.holdfast.membership;

import static io.holdfast.membership.MembershipMessage.NO_TIME;

import io.holdfast.counters.MembershipCounter;
import io.holdfast.replication.ReplayLag;
import io.holdfast.replication.channel.Path;
import io.holdfast.replication.channel.PathLoss;
import io.holdfast.util.Deadline;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One node's part in deciding which of two hosts, or more, owns the service. A state machine: what happens comes in with its
 * time, decisions go out through {@link MembershipListener} within the call. One thread, but for {@link #mayDepart}.
 * Times are nanoseconds of one monotonic clock that starts near zero; they never go back.
 *
 * <p>Inputs that wait are to be handed in before {@link #onTimer}; {@link #nextDeadlineNs} is to be kept, late by less
 * than the lease: longer gaps count as a pause of the process.
 */
public final class Membership {
    private static final int MAX_DECISIONS = 16;

    private final MembershipConfig config;
    private final MembershipListener listener;
    private final Detection detection;
    private final Roster roster;
    private final LanMonitor lan;
    private final Self self;
    private final OwnerDuty owner;
    private final BackupDuty backup;
    private final EmptyDuty empty;
    private final Stalls stalls;
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[MembershipMessage.LENGTH]);
    private final MembershipMessage out = new MembershipMessage();
    private long serial;
    /** This process has not been one of a pair in sync yet. */
    private boolean starting = true;
    private long lastNs;
    private long heartbeatNs;

    /**
     * @throws IllegalArgumentException naming what the configuration lacks
     */
    public Membership(final MembershipConfig config, final MembershipListener listener, final long nowNs) {
        config.validate();
        this.config = config;
        this.listener = listener;
        detection = new Detection(config, nowNs);
        roster = new Roster(config, detection, nowNs);
        lan = new LanMonitor(config, detection, nowNs);
        self = new Self(config, listener, new FailoverLog(roster), nowNs);
        owner = new OwnerDuty(self, roster, lan, detection);
        backup = new BackupDuty(self, roster, lan, detection, owner);
        empty = new EmptyDuty(self, roster, lan, owner, backup);
        stalls = new Stalls(self, roster, detection, owner, backup);
        lastNs = nowNs;
        heartbeatNs = nowNs;
        config.witness().answerTo(this::onWitness);
    }

    // ---- inputs

    /** The path to that host carries messages. */
    public void onPathUp(final int host, final Path path, final long nowNs) {
        awake(nowNs);
        roster.all.get(host).links.at(path).onUp(nowNs);
        self.dirty = true;
        conclude(nowNs);
    }

    /** The path carries nothing any more, or could not be opened. What was received on it has been handed in before. */
    public void onPathDown(final int host, final Path path, final PathLoss loss, final String text, final long nowNs) {
        awake(nowNs);
        final Neighbor neighbor = roster.all.get(host);
        final PathMonitor monitor = neighbor.links.at(path);
        final boolean wasUp = monitor.up;
        monitor.onDown(loss, text, nowNs);
        if (wasUp) {
            self.counters.increment(MembershipCounter.PATH_LOSSES);
            self.log.mark("path " + path + whose(neighbor) + " closed: " + loss + " " + text, nowNs);
            if (path == Path.REPLICATION && neighbor == roster.partner) {
                owner.onReplicationDown(nowNs);
                backup.onReplicationDown(text, nowNs);
            }
        }
        conclude(nowNs);
    }

    /**
     * The peer's process holds a lifeline for the path, which is up; or its kernel cut it. That it dies with the process is
     * a promise of the kernel's, so it counts as the closing of the path does. What was received before has been handed in.
     */
    public void onLifeline(final int host, final Path path, final boolean held, final long nowNs) {
        awake(nowNs);
        roster.all.get(host).links.at(path).onLifeline(held, nowNs);
        conclude(nowNs);
    }

    /** A message of the type {@link MembershipMessage#TYPE} came. */
    public void onMessage(
        final int host, final Path path, final DirectBuffer from, final int offset, final int length, final long nowNs) {
        awake(nowNs);
        final Neighbor neighbor = roster.all.get(host);
        final MembershipMessage message = neighbor.peer.next();
        final MembershipCounter refusal = refusal(message.decode(from, offset, length), neighbor, message, nowNs);
        if (refusal != null) {
            self.counters.increment(refusal);
        } else {
            onAccepted(neighbor, neighbor.links.at(path), message, nowNs);
        }
        conclude(nowNs);
    }

    /** Anything else came on the path: a batch, an acknowledgement. */
    public void onSignOfLife(final int host, final Path path, final long nowNs) {
        awake(nowNs);
        final Links links = roster.all.get(host).links;
        final PathMonitor monitor = links.at(path);
        if (monitor.known) {
            links.onHeard(monitor, nowNs);
        }
    }

    /**
     * What is known of the clients' LAN; see {@link MembershipConfig#lanMs}. Handed in at least as often as heartbeats are sent.
     *
     * @param signNs     when a frame of another station came last, {@link Long#MIN_VALUE} if none did
     * @param listenedNs when it was last looked for
     * @param unanswered how often since then others were asked for a sign, in vain
     * @param gone       the device says that it carries nothing
     */
    public void onLan(final long signNs, final long listenedNs, final int unanswered, final boolean gone, final long nowNs) {
        awake(nowNs);
        if (lan.onListened(signNs, listenedNs, unanswered, gone)) {
            self.dirty = true;
            if (lan.isLost()) {
                self.counters.increment(MembershipCounter.LAN_LOSSES);
                self.log.mark("the clients' LAN is lost" + (gone ? ": the device is gone" : ""), nowNs);
            } else {
                self.log.mark("the clients' LAN is heard again", nowNs);
            }
            conclude(nowNs);
        }
    }

    /** Owner: the joiner of that number has acknowledged the mark at the end of its history. */
    public void onCaughtUp(final int join, final long nowNs) {
        awake(nowNs);
        owner.onCaughtUp(join, nowNs);
        conclude(nowNs);
    }

    /** Joiner, backup: a record is missing, or did not hold together. */
    public void onBackupMissed(final String text, final long nowNs) {
        awake(nowNs);
        backup.onMissed(text, nowNs);
        conclude(nowNs);
    }

    /** The third party's answer to a claim that was {@link Witness.Verdict#PENDING}. */
    public void onWitness(final long epoch, final boolean granted, final long nowNs) {
        awake(nowNs);
        if (self.claimed(epoch)) {
            self.claimedEpoch = 0;
            if (self.role.isOwner()) {
                owner.onWitness(granted, epoch, nowNs);
            } else if (self.role == Role.BACKUP) {
                backup.onWitness(granted, epoch, nowNs);
            } else {
                empty.onWitness(granted, epoch, nowNs);
            }
        }
        conclude(nowNs);
    }

    /**
     * Primary: hands over to the backup, as planned.
     *
     * @return null, or why that is not possible now
     */
    public String requestSwitchover(final long nowNs) {
        awake(nowNs);
        final String refusal = owner.whyNoSwitchover(nowNs);
        if (refusal == null) {
            owner.switchover.begin(true, nowNs);
        }
        conclude(nowNs);
        return refusal;
    }

    /** Primary, after {@link MembershipListener#onHold}: what programs have written is in the log up to that position. */
    public void onHeld(final long position, final long nowNs) {
        awake(nowNs);
        owner.switchover.onHeld(position);
        conclude(nowNs);
    }

    /** Primary, after {@link MembershipListener#onFlush}: the log ends at that position. */
    public void onFlushed(final long finalPosition, final long nowNs) {
        awake(nowNs);
        owner.switchover.onFlushed(finalPosition);
        conclude(nowNs);
    }

    /**
     * An operator vouches for it that the peer is dead or cut off from the clients: a blocked primary, a backup whose
     * lease is over and an empty node go on alone.
     *
     * @return false if the role does not allow it: a joiner and a fenced node hold nothing to go on with
     */
    public boolean forceSolo(final long nowNs) {
        awake(nowNs);
        final boolean done = owner.forceSolo(nowNs) || backup.forceSolo(nowNs) || empty.forceSolo(nowNs);
        conclude(nowNs);
        return done;
    }

    /** Time has passed. */
    public void onTimer(final long nowNs) {
        awake(nowNs);
        conclude(nowNs);
    }

    /**
     * While an input is still being taken in, which takes long: tells the peer that this host lives, if it is time to, and decides
     * nothing.
     */
    public void onBusy(final long nowNs) {
        if (Deadline.expired(heartbeatNs, nowNs)) {
            beat(nowNs);
            for (final Neighbor neighbor : roster.all) {
                for (final PathMonitor path : neighbor.links.all) {
                    if (path.up) {
                        send(neighbor, path, nowNs);
                    }
                }
            }
        }
    }

    /** Adds a step to the timeline of the last failover: log applied, gate open, address announced, first answer. */
    public void mark(final String what, final long nowNs) {
        self.log.mark(what, nowNs);
    }

    /** The same with a key by which programs know the step. */
    public void mark(final String key, final String what, final long nowNs) {
        self.log.mark(key, what, nowNs);
    }

    /**
     * A backup that has become the owner is ready to speak on every connection.
     *
     * @return the failover as it went; null if there was none
     */
    public Failover onServing(final int connections, final long nowNs) {
        return self.log.serving(connections, nowNs);
    }

    // ---- queries

    /** Whether output may leave at that time. Any thread; one volatile read. */
    public boolean mayDepart(final long nowNs) {
        return self.mayDepart(nowNs);
    }

    public Role role() {
        return self.role;
    }

    /** An owner's own epoch, a follower's owner's; otherwise the highest known, 0 at first. */
    public long epoch() {
        return self.epoch;
    }

    public Reason reason() {
        return self.reason;
    }

    /**
     * Whether this node is a backup that will take over if its primary is not heard again. Not so for a heartbeat's
     * round trip after it slept: it has not yet been told that it was heard.
     */
    public boolean isReady(final long nowNs) {
        return backup.isReady(nowNs);
    }

    /** The host that this one is a pair with, or may become one: its place among the others. */
    public int partner() {
        return roster.partner.index;
    }

    /** When {@link #onTimer} is due; always soon. */
    public long nextDeadlineNs() {
        long next = heartbeatNs;
        next = sooner(next, owner.deadlineNs(lastNs));
        next = sooner(next, backup.deadlineNs(lastNs));
        return sooner(next, empty.deadlineNs(lastNs));
    }

    public MembershipStatus status(final long nowNs) {
        final MembershipMessage last = roster.peer.last;
        final long contactNs = roster.links.contactNs();
        return new MembershipStatus(nowNs, self.role, owner.phase(nowNs), self.epoch, self.reason, self.text, self.roleSinceNs,
            self.mayDepart(nowNs), isReady(nowNs), last.role, last.epoch, roster.peer.incarnation(), listener.position(),
            last.position, last.catchingUp, last.hearsLan, contactNs == NO_TIME ? -1 : nowNs - contactNs, lanStatus(nowNs),
            new MembershipStatus.DetectionStatus(detection.detectNs(), config.detectNs(), detection.own.worstNs(),
                detection.own.neededNs(), detection.peerNeedsNs(), detection.flapping.isOn(nowNs)),
            roster.links.status(nowNs), roster.status(nowNs), config.witness().status(nowNs), self.log.list());
    }

    /** What is known of the clients' LAN. */
    public MembershipStatus.LanStatus lanStatus(final long nowNs) {
        return new MembershipStatus.LanStatus(lan.isUsed(), lan.isHeard(nowNs), lan.isLost(), lan.isGone(), lan.signAgeNs(nowNs));
    }

    // ---- messages in

    private MembershipCounter refusal(
        final MembershipCounter malformed, final Neighbor from, final MembershipMessage message, final long nowNs) {
        if (malformed != null) {
            return malformed;
        }
        if (message.cluster != config.clusterId()) {
            return MembershipCounter.REFUSED_CLUSTER;
        }
        if (message.node == config.nodeId() || message.incarnation == config.incarnation()) {
            return MembershipCounter.REFUSED_SELF;
        }
        if (roster.isMany() && message.node != MembershipConfig.hash(from.name)) {
            return MembershipCounter.REFUSED_HOST;
        }
        // An echo of what was not said yet is none.
        return message.echoNs > nowNs && message.receiver == config.incarnation()
            ? MembershipCounter.REFUSED_MALFORMED : null;
    }

    private void onAccepted(final Neighbor from, final PathMonitor path, final MembershipMessage message, final long nowNs) {
        final Peer.News news = from.peer.accept();
        if (news == Peer.News.RETIRED) {
            self.counters.increment(MembershipCounter.REFUSED_RETIRED);
            return;
        }
        self.counters.increment(MembershipCounter.RECEIVED);
        if (news == Peer.News.NEW_PROCESS) {
            from.links.onNewProcess();
        }
        path.known = true;
        path.echoNs = message.sentNs;
        from.links.onHeard(path, nowNs);
        if (path.path == Path.REPLICATION && message.role == Role.JOINING) {
            path.joinHeard = message.join;
        }
        final boolean partner = from == roster.partner;
        if (partner && message.receiver == config.incarnation() && message.echoNs > self.echoNs && isTrustedEcho(message)) {
            self.onEcho(message.echoNs, message.detectNs);
            if (self.role.isOwner() && (message.role == Role.JOINING || message.role == Role.BACKUP)) {
                self.followedNs = message.echoNs;
            }
        }
        if (news != Peer.News.OLD) {
            if (partner) {
                detection.onPeer(message, !self.role.isOwner() && message.role.isOwner() && message.epoch >= self.epoch);
            }
            judge(from, message, path.path, nowNs);
        }
    }

    /** Both leases say what the peer has heard while it followed, or led, this very epoch. */
    private boolean isTrustedEcho(final MembershipMessage message) {
        return self.role.isOwner() ? owner.isFollower(message)
            : message.role.isOwner() && message.epoch == self.epoch && backup.isFollowed(message);
    }

    private void judge(final Neighbor from, final MembershipMessage message, final Path path, final long nowNs) {
        if (message.epoch < self.epoch) {
            from.answer[path.ordinal()] = true;
            if (message.role.isOwner()) {
                self.counters.increment(MembershipCounter.REFUSED_EPOCH);
            }
        } else if (self.role.isOwner() && message.role.isOwner()) {
            if (message.epoch > self.epoch) {
                owner.fence(message.epoch, Reason.HIGHER_EPOCH, "epoch " + message.epoch, nowNs);
            } else if (config.nodeId() > message.node) {
                owner.fence(message.epoch, Reason.SAME_EPOCH, "", nowNs);
            }
        }
    }

    // ---- decisions, messages out

    private void awake(final long nowNs) {
        if (nowNs - lastNs > 2 * config.heartbeatNs()) {
            lan.onGap(nowNs);
        }
        if (nowNs - lastNs > detection.leaseNs()) {
            self.counters.increment(MembershipCounter.PAUSES);
            self.log.mark("this process had not run for " + (nowNs - lastNs) / 1_000_000 + " ms", nowNs);
            self.awakeNs = nowNs;
            roster.all.forEach(neighbor -> neighbor.links.onAwake(nowNs));
        }
        lastNs = nowNs;
    }

    private void conclude(final long nowNs) {
        int decisions = 0;
        while (decide(nowNs)) {
            if (++decisions > MAX_DECISIONS) {
                throw new IllegalStateException("no end of decisions as " + self.role + " of epoch " + self.epoch);
            }
        }
        config.witness().poll(self.role == Role.SOLO && owner.isOfUse(nowNs) ? self.epoch : 0, nowNs);
        stalls.report(nowNs);
        final boolean due = Deadline.expired(heartbeatNs, nowNs);
        for (final Neighbor neighbor : roster.all) {
            for (final PathMonitor path : neighbor.links.all) {
                if (path.up && (due || self.dirty || neighbor.answer[path.path.ordinal()])) {
                    send(neighbor, path, nowNs);
                }
                neighbor.answer[path.path.ordinal()] = false;
            }
        }
        if (due || self.dirty) {
            beat(nowNs);
        }
        self.dirty = false;
        // Last: what this input changed is in force.
        self.permitUntil(owner.departUntilNs());
    }

    private void beat(final long nowNs) {
        if (starting && (self.role == Role.BACKUP || self.role == Role.PRIMARY)) {
            starting = false;
            detection.own.forget();
        }
        detection.own.onHeartbeat(Math.max(0, nowNs - heartbeatNs), nowNs);
        heartbeatNs = nowNs + config.heartbeatNs();
    }

    private boolean decide(final long nowNs) {
        switch (self.role) {
            case PRIMARY:
            case SOLO:
                return owner.decide(nowNs);
            case BACKUP:
            case JOINING:
                return backup.decide(nowNs);
            default:
                return empty.decide(nowNs);
        }
    }

    private void send(final Neighbor to, final PathMonitor path, final long nowNs) {
        out.role = self.role;
        if (self.role.isOwner()) {
            owner.describe(out, to);
        } else {
            out.clearPair();
            out.join = self.join;
            out.named = 0;
        }
        out.leader = self.role.isOwner() ? self.epoch : roster.leaderEpoch(nowNs);
        out.catchingUp = self.role.isOwner() ? 0 : listener.catchingUp();
        out.cancelled = self.role == Role.BACKUP ? backup.cancelled() : 0;
        final ReplayLag behind = self.role == Role.BACKUP ? backup.behind() : ReplayLag.UNKNOWN;
        out.behindPosition = behind.position();
        out.behindBytes = behind.bytes();
        out.prefersToOwn = config.preferPrimary();
        out.hearsLan = lan.isConnected();
        out.cluster = config.clusterId();
        out.node = config.nodeId();
        out.incarnation = config.incarnation();
        out.receiver = to.peer.incarnation();
        out.epoch = self.epoch;
        out.serial = ++serial;
        out.position = listener.position();
        out.sentNs = nowNs;
        out.echoNs = path.echoNs;
        detection.describe(out);
        if (to == roster.partner) {
            detection.promise(to.links.contactNs());
        }
        out.encode(buffer, 0);
        self.counters.increment(MembershipCounter.SENT);
        listener.send(to.index, path.path, buffer, 0, MembershipMessage.LENGTH);
    }

    private String whose(final Neighbor neighbor) {
        return roster.isMany() ? " of " + neighbor.name : "";
    }

    private long sooner(final long next, final long other) {
        return other > lastNs && other < next ? other : next;
    }
}
