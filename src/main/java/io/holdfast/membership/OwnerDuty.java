package io.holdfast.membership;

import io.holdfast.counters.MembershipCounter;
import io.holdfast.util.Deadline;
import io.holdfast.util.Invariant;

/** What an owner has to do: take a backup in, notice its loss, and go on without it when that is safe. */
final class OwnerDuty {
    private final Self self;
    private final Roster roster;
    private final LanMonitor lan;
    private final Detection detection;
    final Switchover switchover;
    /** The process that is, or last was, the backup, and its join's number. */
    private long backup;
    private int join;
    private long gate;
    /** The join that the history is streamed for, 0 for none, and whose it is. */
    private int attached;
    private long attachedTo;
    /**
     * The connection that carried the backup's session closed: what was on its way is lost, the backup has to rejoin.
     */
    private boolean sessionBroken;
    private boolean dismissing;
    /** Policy: the backup is out, nothing departs until there is a new one. */
    private boolean waiting;
    private boolean lapsed;
    private final SoloLease alone;
    private final Spares spares;
    private final Rivals rivals;

    OwnerDuty(final Self self, final Roster roster, final LanMonitor lan, final Detection detection) {
        this.self = self;
        this.roster = roster;
        this.lan = lan;
        this.detection = detection;
        switchover = new Switchover(self, roster);
        alone = new SoloLease(self, roster, lan);
        spares = new Spares(self, roster);
        rivals = new Rivals(self, roster);
    }

    boolean decide(final long nowNs) {
        detection.lead(nowNs);
        if (self.role == Role.SOLO) {
            alone.renew(nowNs);
        }
        if (self.role == Role.SOLO && self.config.witness().recordedEpoch() > self.epoch) {
            fence(self.config.witness().recordedEpoch(), Reason.WITNESS_REFUSED, "", nowNs);
            return true;
        }
        if (rivals.outranking(nowNs) != 0) {
            fence(rivals.outranking(nowNs), Reason.HIGHER_EPOCH, "another host hears its owner", nowNs);
            return true;
        }
        if (self.role == Role.PRIMARY && !waiting && rivals.superseding(nowNs) != 0) {
            fence(rivals.superseding(nowNs), Reason.HIGHER_EPOCH, "another host heard its owner", nowNs);
            return true;
        }
        if (self.isClaiming()) {
            return isHeardAgain(nowNs) && self.withdraw();
        }
        if (raiseEpoch(nowNs)) {
            return true;
        }
        if (self.role == Role.SOLO || waiting) {
            return name(nowNs) || attach(nowNs);
        }
        countLapse(nowNs);
        return noticeLoss(nowNs) || switchover.decide(nowNs) || leaveWithLan(nowNs);
    }

    // ---- the loss of the backup

    private boolean noticeLoss(final long nowNs) {
        if (isBackupOut()) {
            if (!rivals.areExcluded(nowNs, nowNs)) {
                return false;
            }
            final boolean restarted = roster.peer.incarnation() != backup;
            return lose(restarted ? Reason.PEER_RESTARTED : Reason.BACKUP_OUT, nowNs);
        }
        final long deadNs = roster.links.deadSinceNs(self.echoNs, nowNs);
        if (deadNs != Deadline.NONE) {
            return Deadline.expired(deadDeadlineNs(deadNs), nowNs) && rivals.areExcluded(deadNs, nowNs)
                && loseUnheard(Reason.PEER_DIED, nowNs);
        }
        if (roster.links.isSilent(nowNs)) {
            return Deadline.expired(silentDeadlineNs(), nowNs) && maySoloOnSilence(nowNs)
                && rivals.areExcluded(nowNs, nowNs) && loseUnheard(Reason.PEER_SILENT, nowNs);
        }
        if (!dismissing && (sessionBroken && roster.links.replication().up
            || Deadline.expired(roster.links.replicationLostNs() + self.config.soloNs(), nowNs))) {
            dismissing = true;
            self.dirty = true;
            self.counters.increment(MembershipCounter.DISMISSALS);
            return true;
        }
        return false;
    }

    /** What was asked for because the backup was not heard is not needed any more. */
    private boolean isHeardAgain(final long nowNs) {
        return self.role == Role.PRIMARY && !isBackupOut() && !roster.links.isSilent(nowNs)
            && (self.claimReason() == Reason.PEER_SILENT
                || self.claimReason() == Reason.PEER_DIED && !roster.links.isDead(self.echoNs, nowNs));
    }

    /** The backup's own word: it has begun a later join, or is another process. */
    private boolean isBackupOut() {
        return roster.peer.isKnown() && (roster.peer.incarnation() != backup
            || roster.peer.last.join > join && !roster.peer.last.role.isOwner() && roster.peer.last.role != Role.BACKUP);
    }

    /**
     * Within the lease nobody can have taken over before the backup died; after it, somebody could have, and would say
     * so on the paths that its kernel shows to work.
     */
    private long deadDeadlineNs(final long deadNs) {
        return deadNs + (deadNs < self.leaseNs() ? self.config.claimNs() : self.config.soloNs());
    }

    private long silentDeadlineNs() {
        return roster.links.silentNs() + self.config.soloNs();
    }

    private boolean maySoloOnSilence(final long nowNs) {
        if (self.config.witness().isThirdParty()) {
            return !lan.isUsed() || lan.isHeard(nowNs);
        }
        // A primary that slept since its backup last heard it may have been taken over from, and the claim may be on its way.
        final boolean slept = self.awakeNs > self.echoNs;
        if (lan.isUsed()) {
            return !slept && lan.isHeardSince(roster.links.silentFromNs(), nowNs) || isSettled(nowNs);
        }
        return !slept && self.config.onLoss() == OnLoss.SOLO_ON_SILENCE;
    }

    /** The LAN, once lost, has been heard again for so long that a backup that took over would have been heard, too. */
    private boolean isSettled(final long nowNs) {
        return self.config.aloneNs() != Deadline.NONE && lan.isHeard(nowNs)
            && nowNs - Math.max(lan.heardFromNs(nowNs), roster.links.silentFromNs()) >= self.config.aloneNs();
    }

    private boolean lose(final Reason reason, final long nowNs) {
        if (self.config.onLoss() == OnLoss.BLOCK) {
            waiting = true;
            dismissing = false;
            sessionBroken = false;
            self.dirty = true;
            endJoin(nowNs);
            switchover.abandon(nowNs);
            // The backup may have led before it was lost: who waits for a new one has to be the owner still.
            return !self.config.witness().isThirdParty() || askToRaise(Math.max(self.epoch, roster.peer.last.epoch), nowNs);
        }
        return goSolo(reason, nowNs);
    }

    /** Without the backup's word, policy has nothing to wait for but the backup. */
    private boolean loseUnheard(final Reason reason, final long nowNs) {
        if (self.config.onLoss() == OnLoss.BLOCK) {
            // Where there are spares, one of them can be it.
            return roster.isMany() && lose(reason, nowNs);
        }
        return goSolo(reason, nowNs);
    }

    /** An operator vouches for the backup's being dead or cut off. */
    boolean forceSolo(final long nowNs) {
        return self.role == Role.PRIMARY && !self.isClaiming() && goSolo(Reason.OPERATOR, nowNs);
    }

    private boolean goSolo(final Reason reason, final long nowNs) {
        // A backup that was handed the service may have claimed the next epoch, and not be able to say so.
        final int step = switchover.isHandedOver() ? 2 : self.config.witness().isThirdParty() && !hasGivenUp(reason) ? 1 : 0;
        final long own = self.epoch + switchover.forgone();
        final long known = step == 1 && isBackupOut() ? Math.max(own, roster.peer.last.epoch) : own;
        final long wanted = known + step;
        final String text = roster.peer.isKnown() ? "the backup's join was " + join : "";
        if (step == 0) {
            becomeSolo(wanted, reason, text, nowNs);
            return true;
        }
        switch (self.claim(known, wanted, reason, text, nowNs)) {
            case GRANTED:
                becomeSolo(wanted, reason, text, nowNs);
                break;
            case REFUSED:
                fence(self.epoch, Reason.WITNESS_REFUSED, "", nowNs);
                break;
            default:
                break;
        }
        return true;
    }

    /** The very backup says that it is none any more: it does not while a claim of its is open, so no other record can come. */
    private boolean hasGivenUp(final Reason reason) {
        return reason == Reason.BACKUP_OUT && roster.peer.last.epoch == self.epoch && switchover.forgone() == 0;
    }

    private void countLapse(final long nowNs) {
        final boolean now = Deadline.expired(self.leaseNs(), nowNs);
        if (now && !lapsed) {
            self.counters.increment(MembershipCounter.LEASE_LAPSES);
        }
        lapsed = now;
    }

    // ---- a new backup

    /** Another host is to be the backup if the one that was to be it cannot. */
    private boolean name(final long nowNs) {
        final Neighbor better = spares.better(nowNs);
        if (better == null) {
            return false;
        }
        endJoin(nowNs);
        self.forgetEchoes();
        roster.face(better);
        self.counters.increment(MembershipCounter.NAMINGS);
        self.log.mark("named " + better.name + " as the backup to be", nowNs);
        return true;
    }

    private boolean attach(final long nowNs) {
        final MembershipMessage last = roster.peer.last;
        final boolean wanted = roster.peer.isKnown() && last.role == Role.JOINING && last.epoch == self.epoch
            && last.receiver == self.config.incarnation() && last.join == roster.links.replication().joinHeard
            && roster.links.replication().up && !roster.partner.isOver(roster.peer.incarnation(), last.join);
        if (!wanted || attached == last.join && attachedTo == roster.peer.incarnation()) {
            return false;
        }
        endJoin(nowNs);
        attached = roster.peer.last.join;
        attachedTo = roster.peer.incarnation();
        self.listener.onAttach(attached, nowNs);
        return true;
    }

    private void endJoin(final long nowNs) {
        if (attached != 0) {
            final int over = attached;
            roster.partner.endJoin(attachedTo, over);
            attached = 0;
            self.listener.onDetach(over, nowNs);
        }
    }

    /** The joiner has acknowledged all of the history. First the gate closes, then the backup may believe. */
    boolean onCaughtUp(final int number, final long nowNs) {
        if (number == 0 || number != attached || !self.role.isOwner() || self.isClaiming() || !roster.links.replication().up
            || self.role == Role.PRIMARY && !waiting) {
            return false;
        }
        backup = attachedTo;
        join = attached;
        waiting = false;
        dismissing = false;
        sessionBroken = false;
        lapsed = false;
        switchover.forget();
        self.become(Role.PRIMARY, self.epoch, Reason.CAUGHT_UP, "join " + join, nowNs);
        gate = self.listener.position();
        self.counters.increment(MembershipCounter.CAUGHT_UP);
        return true;
    }

    void onReplicationDown(final long nowNs) {
        if (self.role == Role.PRIMARY && !waiting) {
            sessionBroken = true;
        }
        endJoin(nowNs);
    }

    // ---- epochs

    /** The only way to be SOLO, whoever decided it. */
    void becomeSolo(final long epoch, final Reason reason, final String text, final long nowNs) {
        endJoin(nowNs);
        waiting = false;
        dismissing = false;
        sessionBroken = false;
        alone.begin(nowNs);
        if (self.role == Role.BACKUP && reason == Reason.PEER_SILENT) {
            onSilentTakeover(nowNs);
        }
        self.become(Role.SOLO, epoch, reason, text, nowNs);
        switchover.abandon(nowNs);
        switchover.forget();
    }

    void fence(final long epoch, final Reason reason, final String text, final long nowNs) {
        Invariant.check(self.role.isOwner(), "only an owner is fenced");
        self.forbid();
        endJoin(nowNs);
        waiting = false;
        dismissing = false;
        sessionBroken = false;
        final Reason why = switchover.isHandedOver() && reason == Reason.HIGHER_EPOCH ? Reason.HANDED_OVER : reason;
        if (why == Reason.HIGHER_EPOCH) {
            onSilentTakeover(nowNs);
        }
        switchover.end();
        self.become(Role.FENCED, epoch, why, text, nowNs);
    }

    private void onSilentTakeover(final long nowNs) {
        final boolean before = detection.flapping.isOn(nowNs);
        detection.flapping.onTakeover(nowNs);
        if (!before && detection.flapping.isOn(nowNs)) {
            self.counters.increment(MembershipCounter.FLAPPINGS);
            self.log.mark("two takeovers from a silent host within a minute: for a minute, silence has to last longer", nowNs);
        }
    }

    /** A peer that holds nothing knows of an epoch above ours: its owner is gone, or we would have heard a claim. */
    private boolean raiseEpoch(final long nowNs) {
        if (roster.isMany()) {
            final long orphaned = self.role == Role.SOLO || waiting ? rivals.orphaned(nowNs) : 0;
            return orphaned != 0 && askToRaise(orphaned, nowNs);
        }
        if (self.role != Role.SOLO && !waiting || !roster.peer.isKnown() || roster.peer.last.epoch <= self.epoch
            || roster.peer.last.role.isOwner()
            || roster.peer.last.role == Role.BACKUP) {
            return false;
        }
        return askToRaise(roster.peer.last.epoch, nowNs);
    }

    private boolean askToRaise(final long known, final long nowNs) {
        final long wanted = known + 1;
        final Witness.Verdict verdict = self.claim(known, wanted, Reason.EPOCH_RAISED, "", nowNs);
        if (verdict == Witness.Verdict.GRANTED) {
            raise(wanted, nowNs);
        } else if (verdict == Witness.Verdict.REFUSED) {
            fence(self.epoch, Reason.WITNESS_REFUSED, "", nowNs);
        }
        return true;
    }

    private void raise(final long wanted, final long nowNs) {
        if (waiting) {
            endJoin(nowNs);
            self.become(Role.PRIMARY, wanted, Reason.EPOCH_RAISED, "", nowNs);
        } else {
            becomeSolo(wanted, Reason.EPOCH_RAISED, "", nowNs);
        }
    }

    // ---- switchover

    /** Null, or why there can be none. */
    String whyNoSwitchover(final long nowNs) {
        if (self.role != Role.PRIMARY) {
            return "this node is " + self.role + ", not PRIMARY with a backup in sync";
        }
        if (waiting || dismissing || sessionBroken || self.isClaiming() || !roster.links.isReplicationLive(nowNs)) {
            return "the backup is being lost";
        }
        if (roster.peer.incarnation() != backup || roster.peer.last.role != Role.BACKUP || roster.peer.last.join != join) {
            return "the backup has not confirmed that it is in sync";
        }
        if (lan.isConnected() && !roster.peer.last.hearsLan) {
            return "the backup does not hear the clients' LAN";
        }
        if (!self.config.witness().isReached(nowNs)) {
            return "the third party does not answer, and the backup would have to ask it";
        }
        return switchover.isUnderWay() ? "one is under way" : null;
    }

    private boolean leaveWithLan(final long nowNs) {
        if (lan.isDeaf() && roster.peer.last.hearsLan && switchover.mayRetry(nowNs)
            && whyNoSwitchover(nowNs) == null) {
            // No client is being served who could wait without noticing.
            switchover.begin(false, nowNs);
            return true;
        }
        return false;
    }

    // ---- what others ask

    /** Until when output may leave. */
    long departUntilNs() {
        if (self.role == Role.SOLO) {
            return alone.untilNs();
        }
        return self.role != Role.PRIMARY || waiting || self.isClaiming() || switchover.isSilent()
            ? Self.NEVER : self.leaseNs();
    }

    /** Whether anybody is heard that this owner could serve, or be followed by: it keeps up no right that is none. */
    boolean isOfUse(final long nowNs) {
        return !lan.isUsed() || lan.isConnected() || roster.isAnybodyLive(nowNs);
    }

    Phase phase(final long nowNs) {
        if (self.isClaiming()) {
            return Phase.ASKING_WITNESS;
        }
        if (self.role == Role.SOLO && Deadline.expired(alone.untilNs(), nowNs)) {
            return Phase.BLOCKED;
        }
        if (self.role != Role.PRIMARY) {
            return Phase.STEADY;
        }
        if (waiting) {
            return Phase.WAITING_FOR_BACKUP;
        }
        if (switchover.isUnderWay()) {
            return switchover.phase();
        }
        if (Deadline.expired(self.leaseNs(), nowNs)) {
            return Phase.BLOCKED;
        }
        return dismissing ? Phase.DISMISSING : Phase.STEADY;
    }

    /** The next time that a decision may fall, besides the heartbeat. */
    long deadlineNs(final long nowNs) {
        if (self.role != Role.PRIMARY || waiting) {
            return Deadline.NONE;
        }
        final long deadNs = roster.links.deadSinceNs(self.echoNs, nowNs);
        long next = Math.min(silentDeadlineNs(), switchover.deadlineNs());
        next = after(nowNs, next, roster.links.replicationLostNs() + self.config.soloNs());
        return deadNs == Deadline.NONE ? next : after(nowNs, next, deadDeadlineNs(deadNs));
    }

    private static long after(final long nowNs, final long one, final long other) {
        final long a = one > nowNs ? one : Deadline.NONE;
        final long b = other > nowNs ? other : Deadline.NONE;
        return Math.min(a, b);
    }

    /** A stalled replication path holds a session that may come back, until the backup is being given up. */
    boolean sparesStalledPath(final long nowNs) {
        return self.role == Role.PRIMARY && !waiting && !dismissing
            && !Deadline.expired(roster.links.silentNs() + self.config.soloNs() / 2, nowNs);
    }

    /** The history is on its way to a joiner. */
    boolean isFeeding() {
        return self.role == Role.SOLO && attached != 0;
    }

    void describe(final MembershipMessage to, final Neighbor receiver) {
        to.named = self.role == Role.PRIMARY && !waiting ? backup : roster.peer.incarnation();
        if (receiver != roster.partner) {
            // What is between the pair is nobody else's.
            to.clearPair();
            return;
        }
        // A number alone would be taken by another process for its own.
        to.join = waiting || roster.peer.incarnation() != backup ? 0 : join;
        to.gate = gate;
        to.dismissing = dismissing;
        to.handingOver = switchover.phase() == Phase.HANDING_OVER;
        to.cancelling = switchover.phase() == Phase.CANCELLING;
        to.preparing = switchover.isPreparing();
        to.handover = switchover.number();
        to.finalPosition = switchover.finalPosition();
    }

    /** Whether an echo in that message counts for the lease: its sender follows this epoch. */
    boolean isFollower(final MembershipMessage message) {
        return message.epoch == self.epoch && !message.role.isOwner();
    }

    void onWitness(final boolean granted, final long epoch, final long nowNs) {
        if (granted && self.claimReason() == Reason.EPOCH_RAISED) {
            raise(epoch, nowNs);
        } else if (granted) {
            becomeSolo(epoch, self.claimReason(), self.claimText(), nowNs);
        } else {
            fence(self.epoch, Reason.WITNESS_REFUSED, "", nowNs);
        }
    }
}
