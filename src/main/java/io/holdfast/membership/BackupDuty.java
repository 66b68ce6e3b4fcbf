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
    /** More than two hosts: so much longer than for death a joiner waits for its owner, before it is a spare again. */
    private static final int JOINING_PATIENCE = 5;

    private final Self self;
    private final Roster roster;
    private final LanMonitor lan;
    private final Detection detection;
    private final OwnerDuty owner;
    /** The process that this node follows. */
    private long followed;
    /** The highest number of a handover that is known to be cancelled. */
    private int cancelled;
    /** Epochs that were given up with them; see {@link Switchover#forgone}. */
    private int forgone;
    private ReplayLag behind = ReplayLag.UNKNOWN;
    /** When to look again. */
    private long preparedNs = Self.NEVER;
    /** Counted once an episode. */
    private boolean refused;
    private boolean deaf;
    /** What is missing here, found while the witness was being asked; null if nothing is. */
    private String missed;

    BackupDuty(final Self self, final Roster roster, final LanMonitor lan, final Detection detection,
        final OwnerDuty owner) {
        this.self = self;
        this.roster = roster;
        this.lan = lan;
        this.detection = detection;
        this.owner = owner;
    }

    boolean decide(final long nowNs) {
        if (self.isClaiming()) {
            return isNeedless(nowNs) && (withdraw(nowNs) || self.claimReason() == Reason.HANDOVER && forgo());
        }
        if (roster.isMany() && isLeft(nowNs)) {
            reset(Reason.SPARE, nowNs);
            return true;
        }
        return self.role == Role.JOINING ? decideJoining(nowNs) : decideBackup(nowNs);
    }

    /**
     * More than two hosts: the owner that this one follows names another, or is one no more, or is outranked by one that is heard
     * here or by another host. What is held here is nobody's future then.
     */
    private boolean isLeft(final long nowNs) {
        final MembershipMessage last = roster.peer.last;
        if (Math.max(roster.leaderEpoch(nowNs), roster.rumoredEpoch(nowNs)) > self.epoch && last.epoch <= self.epoch) {
            return true;
        }
        if (roster.partner.isHeard(nowNs)) {
            return last.incarnation == followed
                && (last.role.isOwner() ? last.named != self.config.incarnation() : last.epoch > self.epoch)
                || self.role == Role.JOINING && (last.incarnation != followed || !last.role.isOwner());
        }
        return self.role == Role.JOINING
            && Deadline.expired(roster.links.silentFromNs() + JOINING_PATIENCE * detection.detectNs(), nowNs);
    }

    /** What was asked for is not wanted any more: the primary is heard again, or does not hand over. */
    private boolean isNeedless(final long nowNs) {
        if (self.claimReason() == Reason.HANDOVER) {
            return !isHandedOver();
        }
        return (self.claimReason() == Reason.PEER_SILENT || self.claimReason() == Reason.PEER_DIED)
            && !roster.links.isSilent(nowNs) && !roster.links.isDead(self.echoNs, nowNs);
    }

    private boolean withdraw(final long nowNs) {
        final boolean withdrawn = self.withdraw();
        if (withdrawn && missed != null) {
            rejoin(Reason.MISSED, takeMissed(), self.epoch, nowNs);
        }
        return withdrawn;
    }

    /**
     * Whatever comes of what was asked for, both hosts' next epoch is the one after it: the primary was told that it is
     * cancelled.
     */
    private boolean forgo() {
        if (self.config.onLoss() == OnLoss.BLOCK || missed != null || !isCancelled()) {
            return false;
        }
        self.forgo();
        return true;
    }

    private boolean isCancelled() {
        return roster.peer.last.cancelling && roster.peer.last.handover > cancelled;
    }

    private String takeMissed() {
        final String text = missed;
        missed = null;
        return text;
    }

    // ---- joining

    /** Drops everything and follows the peer, which owns. */
    void follow(final Reason reason, final String text, final long nowNs) {
        followed = roster.peer.incarnation();
        rejoin(reason, text, Math.max(self.epoch, roster.peer.last.epoch), nowNs);
    }

    private void rejoin(final Reason reason, final String text, final long epoch, final long nowNs) {
        self.join++;
        cancelled = 0;
        forgone = 0;
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
        if (self.config.aloneNs() == Deadline.NONE
            || !Deadline.expired(later(Math.max(heardFromNs(nowNs), roster.links.silentFromNs()), self.config.aloneNs()),
                nowNs)) {
            return false;
        }
        reset(Reason.NOBODY_OWNS, nowNs);
        return true;
    }

    /** Since when clients could be served as far as this node hears; {@link Long#MAX_VALUE} if they could not. */
    private long heardFromNs(final long nowNs) {
        return self.config.witness().isThirdParty() && !lan.isUsed() ? self.roleSinceNs : lan.heardFromNs(nowNs);
    }

    private static long later(final long atNs, final long byNs) {
        return atNs == Long.MAX_VALUE ? atNs : atNs + byNs;
    }

    private boolean decideJoining(final long nowNs) {
        if (!roster.peer.isKnown() || !roster.links.isAnyLive(nowNs)) {
            return startAnew(nowNs);
        }
        final MembershipMessage last = roster.peer.last;
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
        if (self.isClaiming() && !self.withdraw()) {
            missed = text;
            return false;
        }
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
        final MembershipMessage last = roster.peer.last;
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
        final MembershipMessage last = roster.peer.last;
        if (isCancelled()) {
            cancelled = last.handover;
            forgone += self.config.witness().isThirdParty() && self.config.onLoss() != OnLoss.BLOCK ? 1 : 0;
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
        return roster.peer.last.preparing && roster.peer.last.receiver == self.config.incarnation();
    }

    /** How far the servers here are behind, as far as the primary wants to know. */
    ReplayLag behind() {
        return isPrepared() ? behind : ReplayLag.UNKNOWN;
    }

    private boolean isHandedOver() {
        return roster.peer.last.handingOver && !roster.peer.last.cancelling && roster.peer.last.handover > cancelled
            && roster.peer.last.receiver == self.config.incarnation();
    }

    private boolean decideSuspicion(final long nowNs) {
        final boolean dead = roster.links.isDead(self.echoNs, nowNs);
        if (!dead && !roster.links.isSilent(nowNs)) {
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
        if (!dead && lan.isUsed() && !hearsLan(nowNs)) {
            if (!deaf) {
                deaf = true;
                self.counters.increment(MembershipCounter.TAKEOVERS_WITHOUT_LAN);
            }
            return false;
        }
        return takeOver(dead ? Reason.PEER_DIED : Reason.PEER_SILENT, nowNs);
    }

    /** A third party knows whether the peer may own; the LAN then says only whether this node would be heard. */
    private boolean hearsLan(final long nowNs) {
        return self.config.witness().isThirdParty() ? lan.isHeard(nowNs)
            : lan.isHeardSinceAndInProbe(roster.links.silentFromNs(), nowNs);
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
        final long known = self.epoch + forgone;
        final long wanted = known + 1;
        switch (self.claim(known, wanted, reason, "", nowNs)) {
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
        if (missed != null) {
            // Recorded for nobody: an owner with all the state takes the epoch after it.
            rejoin(Reason.MISSED, takeMissed(), granted ? epoch : self.epoch, nowNs);
        } else if (granted) {
            owner.becomeSolo(epoch, self.claimReason(), self.claimText(), nowNs);
        } else {
            rejoin(Reason.WITNESS_REFUSED, "", self.epoch, nowNs);
        }
    }

    // ---- what others ask

    /** Whether this node could take over if nothing more were heard from now on: its lease outlasts the detection. */
    boolean isReady(final long nowNs) {
        return self.role == Role.BACKUP && !lan.isLost() && self.isCandidate(Math.max(nowNs, roster.links.silentNs()));
    }

    /** Nothing was heard for a while: if only TCP had stalled, a new connection shows it before silence means death. */
    boolean isProbing(final long nowNs) {
        return self.role == Role.BACKUP && Deadline.expired(roster.links.silentFromNs() + detection.probeNs(), nowNs);
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
        final long probeNs = roster.links.silentFromNs() + detection.probeNs();
        return probeNs > nowNs ? probeNs : roster.links.silentNs();
    }
}
