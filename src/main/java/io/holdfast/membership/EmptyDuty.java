package io.holdfast.membership;

import io.holdfast.util.Deadline;

/** What a node that owns nothing and follows nobody has to do: find the owner, or agree on one with a peer as empty. */
final class EmptyDuty {
    private final Self self;
    private final Roster roster;
    private final LanMonitor lan;
    private final OwnerDuty owner;
    private final BackupDuty backup;
    private final SpareDuty spare;
    /** The witness said no: listened anew since then. */
    private long listenFromNs = Self.NEVER;

    EmptyDuty(final Self self, final Roster roster, final LanMonitor lan, final OwnerDuty owner,
        final BackupDuty backup) {
        this.self = self;
        this.roster = roster;
        this.lan = lan;
        this.owner = owner;
        this.backup = backup;
        spare = new SpareDuty(self, roster, lan, backup);
    }

    boolean decide(final long nowNs) {
        if (roster.isMany()) {
            return spare.decide(nowNs) || self.role == Role.STARTING && roster.leader(nowNs) == null
                && (spare.isAgreed(nowNs) ? start(Reason.PREFERRED, nowNs)
                    : Deadline.expired(aloneNs(nowNs), nowNs) && start(Reason.ALONE, nowNs));
        }
        if (self.isClaiming()) {
            return roster.peer.isOwner() && roster.links.isAnyLive(nowNs) && self.withdraw();
        }
        if (roster.peer.isKnown() && roster.links.isAnyLive(nowNs)) {
            if (roster.peer.isOwner()) {
                // Who owns a lower epoch has been told ours, and takes a higher one: we hold nothing.
                if (roster.peer.last.epoch >= self.epoch) {
                    backup.follow(Reason.FOUND_OWNER, "", nowNs);
                    return true;
                }
                return false;
            }
            if (self.role == Role.FENCED && roster.peer.last.role != Role.BACKUP) {
                backup.reset(Reason.NOBODY_OWNS, nowNs);
                return true;
            }
            if (self.role == Role.STARTING && roster.peer.last.role == Role.STARTING
                && roster.peer.last.receiver == self.config.incarnation() && (isPreferred() || isPreferredAway(nowNs))
                && isInformed() && (isThirdParty() ? isPeerInformed() : Deadline.expired(listenFromNs, nowNs))) {
                return start(Reason.PREFERRED, nowNs);
            }
        }
        if (self.role == Role.FENCED && !roster.links.isAnyLive(nowNs)) {
            return backup.startAnew(nowNs);
        }
        return Deadline.expired(aloneNs(nowNs), nowNs) && start(Reason.ALONE, nowNs);
    }

    /** The preferred one would have started long ago if the third party heard it. */
    private boolean isPreferredAway(final long nowNs) {
        return isThirdParty() && self.config.aloneNs() != Deadline.NONE && Deadline.expired(self.roleSinceNs + self.config.aloneNs(), nowNs);
    }

    private boolean isThirdParty() {
        return self.config.witness().isThirdParty();
    }

    /** Whether it is known what the third party knows. */
    private boolean isInformed() {
        return !isThirdParty() || self.config.witness().quietFromNs() != Long.MAX_VALUE;
    }

    /** The peer said that it holds nothing after it heard what was said here later than what is recorded was read. */
    private boolean isPeerInformed() {
        return roster.peer.last.echoNs >= self.config.witness().quietFromNs();
    }

    private boolean isPreferred() {
        return self.config.preferPrimary() != roster.peer.last.prefersToOwn
            ? self.config.preferPrimary()
            : self.config.nodeId() < roster.peer.last.node;
    }

    private long aloneNs(final long nowNs) {
        if (self.role != Role.STARTING || !isInformed()) {
            return Deadline.NONE;
        }
        if (roster.isMany()) {
            return spare.aloneNs(nowNs);
        }
        final Witness witness = self.config.witness();
        long fromNs = Math.max(roster.links.silentFromNs(), listenFromNs);
        // Who is arbitrated does not take what it cannot use from one who can.
        final boolean usable = isThirdParty() && lan.isUsed() ? lan.isConnected() : !lan.isLost();
        final long preferredNs = self.config.preferPrimary() && usable && witness.isNobodyElseRecorded()
            ? Math.max(fromNs, self.roleSinceNs) + self.config.startNs() : Deadline.NONE;
        // Without signs of the LAN there is nothing but time to go by.
        final long heardNs = !lan.isUsed() ? self.roleSinceNs : lan.heardFromNs(nowNs);
        fromNs = witness.isThirdParty() ? Math.max(fromNs, witness.quietFromNs()) : fromNs;
        final boolean never = self.config.aloneNs() == Deadline.NONE || heardNs == Long.MAX_VALUE;
        return never ? preferredNs : Math.min(preferredNs, Math.max(fromNs, heardNs) + self.config.aloneNs());
    }

    /**
     * From nothing. Preferred nodes take odd epochs, the others even ones, so that two cut-off nodes do not share one.
     */
    private boolean start(final Reason reason, final long nowNs) {
        final long heard = Math.max(self.epoch, roster.knownEpoch());
        final long known = Math.max(heard, self.config.witness().recordedEpoch());
        long wanted = roster.isMany() ? spare.epochFromNothing(known) : known + 1;
        if (!roster.isMany() && (wanted & 1) == 1 != self.config.preferPrimary()) {
            wanted++;
        }
        switch (self.claimAnew(wanted, reason, nowNs)) {
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

    void onWitness(final boolean granted, final long epoch, final long nowNs) {
        if (granted) {
            owner.becomeSolo(epoch, self.claimReason(), self.claimText(), nowNs);
        } else {
            self.learnEpoch(self.config.witness().recordedEpoch());
            listenFromNs = nowNs + self.config.startNs();
        }
    }

    /** An operator says that there is no owner. */
    boolean forceSolo(final long nowNs) {
        return self.role == Role.STARTING && !self.isClaiming() && start(Reason.OPERATOR, nowNs);
    }

    long deadlineNs(final long nowNs) {
        return aloneNs(nowNs);
    }
}
