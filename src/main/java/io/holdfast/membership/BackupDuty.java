package io.holdfast.membership;

import io.holdfast.counters.MembershipCounter;
import io.holdfast.replication.ReplayLag;
import io.holdfast.util.Deadline;

/**
 * What a follower has to do: join, believe that it is in sync only when it is, and take over when nobody else can own.
 */
final class BackupDuty {
    /** The last records come now, and clients wait. */
    private static final long HANDOVER_POLL_NS = 200_000;
    private static final long PREPARED_POLL_NS = 1_000_000;

    private final Self self;
    private final Peer peer;
    private final Links links;
    private final LanMonitor lan;
    private final Detection detection;
    private final OwnerDuty owner;
    /** The process that this node follows. */
    private long followed;
    /** The highest number of a handover that is known to be cancelled. */
    private int cancelled;
    private ReplayLag behind = ReplayLag.UNKNOWN;
    /** When to look again. */
    private long preparedNs = Self.NEVER;
    /** Counted once an episode. */
    private boolean refused;
    private boolean deaf;

    BackupDuty(final Self self, final Peer peer, final Links links, final LanMonitor lan, final Detection detection,
        final OwnerDuty owner) {
        this.self = self;
        this.peer = peer;
        this.links = links;
        this.lan = lan;
        this.detection = detection;
        this.owner = owner;
    }

    boolean decide(final long nowNs) {
        if (self.isClaiming()) {
            return false;
        }
        return self.role == Role.JOINING ? decideJoining(nowNs) : decideBackup(nowNs);
    }

    // ---- joining

    /** Drops everything and follows the peer, which owns. */
    void follow(final Reason reason, final String text, final long nowNs) {
        followed = peer.incarnation();
        rejoin(reason, text, Math.max(self.epoch, peer.last.epoch), nowNs);
    }

    private void rejoin(final Reason reason, final String text, final long epoch, final long nowNs) {
        self.join++;
        cancelled = 0;
        self.counters.increment(MembershipCounter.JOINS);
        self.become(Role.JOINING, epoch, reason, text, nowNs);
        self.listener.onJoin(self.join, epoch, nowNs);
    }

    /** Nobody owns, nobody has all the state: this node holds nothing any more. */
    void reset(final Reason reason, final long nowNs) {
        self.join++;
        followed = 0;
        self.become(Role.STARTING, self.epoch, reason, "", nowNs);
        self.listener.onReset(nowNs);
    }

    /**
     * Nobody has been heard for long but the LAN: whoever owned is gone, and what is here is not complete, or may not be. Clients
     * are served again, from nothing.
     */
    boolean startAnew(final long nowNs) {
        if (self.config.aloneNs() == Deadline.NONE || !lan.isHeard(nowNs)
            || nowNs - Math.max(lan.heardFromNs(nowNs), links.silentFromNs()) < self.config.aloneNs()) {
            return false;
        }
        reset(Reason.NOBODY_OWNS, nowNs);
        return true;
    }

    private boolean decideJoining(final long nowNs) {
        if (!peer.isKnown() || !links.isAnyLive(nowNs)) {
            return startAnew(nowNs);
        }
        final MembershipMessage last = peer.last;
        if (!last.role.isOwner()) {
            // A follower that waits for somebody's backup to take over would wait in vain: that backup is not its
            // owner's.
            if (last.role == Role.BACKUP && last.incarnation != followed) {
                return false;
            }
            reset(Reason.NOBODY_OWNS, nowNs);
            return true;
        }
        if (last.epoch > self.epoch || last.epoch == self.epoch && last.incarnation != followed) {
            follow(Reason.FOUND_OWNER, "", nowNs);
            return true;
        }
        if (last.epoch == self.epoch && last.role == Role.PRIMARY && last.join == self.join
            && last.receiver == self.config.incarnation() && self.listener.position() >= last.gate) {
            refused = false;
            deaf = false;
            self.become(Role.BACKUP, self.epoch, Reason.IN_SYNC, "gate " + last.gate, nowNs);
            return true;
        }
        return false;
    }

    /** Records are missing here. */
    boolean onMissed(final String text, final long nowNs) {
        if (self.role != Role.BACKUP && self.role != Role.JOINING) {
            return false;
        }
        self.counters.increment(MembershipCounter.BACKUP_MISSED);
        self.claimedEpoch = 0;
        rejoin(Reason.MISSED, text, self.epoch, nowNs);
        return true;
    }

    void onReplicationDown(final String text, final long nowNs) {
        if (self.role == Role.JOINING) {
            rejoin(Reason.SESSION_LOST, text, self.epoch, nowNs);
        }
    }

    // ---- in sync

    private boolean decideBackup(final long nowNs) {
        final MembershipMessage last = peer.last;
        if (last.role.isOwner() && last.epoch > self.epoch) {
            follow(Reason.FOUND_OWNER, "", nowNs);
            return true;
        }
        if (last.incarnation != followed) {
            return takeOverOrReset(Reason.PEER_RESTARTED, nowNs);
        }
        if (!last.role.isOwner()) {
            return takeOverOrReset(Reason.PEER_GAVE_UP, nowNs);
        }
        if (last.role == Role.SOLO || last.join != self.join || last.dismissing) {
            rejoin(Reason.DISMISSED, "", self.epoch, nowNs);
            return true;
        }
        return decideHandover(nowNs) || decideSuspicion(nowNs);
    }

    private boolean decideHandover(final long nowNs) {
        final MembershipMessage last = peer.last;
        if (last.cancelling && last.handover > cancelled) {
            cancelled = last.handover;
            self.dirty = true;
            return true;
        }
        if (isPrepared() && Deadline.expired(preparedNs, nowNs)) {
            preparedNs = nowNs + PREPARED_POLL_NS;
            behind = self.listener.behind();
            self.dirty = true;
        }
        return isHandedOver() && self.listener.position() >= last.finalPosition && self.isCandidate(nowNs)
            && takeOver(Reason.HANDOVER, nowNs);
    }

    private boolean isPrepared() {
        return peer.last.preparing && peer.last.receiver == self.config.incarnation();
    }

    /** How far the servers here are behind, as far as the primary wants to know. */
    ReplayLag behind() {
        return isPrepared() ? behind : ReplayLag.UNKNOWN;
    }

    private boolean isHandedOver() {
        return peer.last.handingOver && peer.last.handover > cancelled
            && peer.last.receiver == self.config.incarnation();
    }

    private boolean decideSuspicion(final long nowNs) {
        final boolean dead = links.isDead(self.echoNs, nowNs);
        if (!dead && !links.isSilent(nowNs)) {
            refused = false;
            deaf = false;
            return false;
        }
        if (!self.isCandidate(nowNs)) {
            if (!refused) {
                refused = true;
                self.counters.increment(MembershipCounter.TAKEOVERS_REFUSED);
                self.log.mark("refused to take over: this node may have missed something", nowNs);
            }
            return startAnew(nowNs);
        }
        if (!dead && !self.config.witness().isThirdParty() && lan.isUsed()
            && !lan.isHeardSinceAndInProbe(links.silentFromNs(), nowNs)) {
            if (!deaf) {
                deaf = true;
                self.counters.increment(MembershipCounter.TAKEOVERS_WITHOUT_LAN);
            }
            return false;
        }
        return takeOver(dead ? Reason.PEER_DIED : Reason.PEER_SILENT, nowNs);
    }

    private boolean takeOverOrReset(final Reason reason, final long nowNs) {
        if (self.isCandidate(nowNs)) {
            return takeOver(reason, nowNs);
        }
        self.counters.increment(MembershipCounter.TAKEOVERS_REFUSED);
        reset(Reason.NOBODY_OWNS, nowNs);
        return true;
    }

    private boolean takeOver(final Reason reason, final long nowNs) {
        final long wanted = self.epoch + 1;
        switch (self.claim(wanted, reason, "", nowNs)) {
            case GRANTED:
                owner.becomeSolo(wanted, reason, "", nowNs);
                break;
            case REFUSED:
                onWitness(false, wanted, nowNs);
                break;
            default:
                break;
        }
        return true;
    }

    /** An operator vouches for the primary's being dead or cut off, and for what this backup may have missed. */
    boolean forceSolo(final long nowNs) {
        return self.role == Role.BACKUP && !self.isClaiming() && takeOver(Reason.OPERATOR, nowNs);
    }

    void onWitness(final boolean granted, final long epoch, final long nowNs) {
        if (granted) {
            owner.becomeSolo(epoch, self.claimReason(), self.claimText(), nowNs);
        } else {
            rejoin(Reason.WITNESS_REFUSED, "", self.epoch, nowNs);
        }
    }

    // ---- what others ask

    /** Whether this node could take over if nothing more were heard from now on: its lease outlasts the detection. */
    boolean isReady(final long nowNs) {
        return self.role == Role.BACKUP && !lan.isLost() && self.isCandidate(Math.max(nowNs, links.silentNs()));
    }

    /** Nothing was heard for a while: if only TCP had stalled, a new connection shows it before silence means death. */
    boolean isProbing(final long nowNs) {
        return self.role == Role.BACKUP && Deadline.expired(links.silentFromNs() + detection.probeNs(), nowNs);
    }

    int cancelled() {
        return cancelled;
    }

    boolean isFollowed(final MembershipMessage message) {
        return message.incarnation == followed;
    }

    long deadlineNs(final long nowNs) {
        if (self.role != Role.BACKUP) {
            return Deadline.NONE;
        }
        if (isHandedOver()) {
            return nowNs + HANDOVER_POLL_NS;
        }
        if (isPrepared()) {
            return nowNs + PREPARED_POLL_NS;
        }
        final long probeNs = links.silentFromNs() + detection.probeNs();
        return probeNs > nowNs ? probeNs : links.silentNs();
    }
}
