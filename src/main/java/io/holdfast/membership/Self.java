package io.holdfast.membership;

import static io.holdfast.membership.MembershipMessage.NO_TIME;

import io.holdfast.counters.Counters;
import io.holdfast.counters.MembershipCounter;
import io.holdfast.util.Deadline;
import io.holdfast.util.Invariant;

/** What this node is. {@link #become} is the one place that changes its role. */
final class Self {
    /** No time is before it. */
    static final long NEVER = Long.MIN_VALUE;

    final MembershipConfig config;
    final MembershipListener listener;
    final Counters counters;
    final FailoverLog log;
    Role role = Role.STARTING;
    Reason reason = Reason.STARTED;
    String text = "";
    long roleSinceNs;
    /** The highest epoch known; an owner's own, a follower's owner's. */
    long epoch;
    /** Number of the last join begun here. */
    int join;
    /** Send time of the last message of ours that came back from the peer: both leases are counted from it. */
    long echoNs = NO_TIME;
    /**
     * The same, from a peer that follows this very owner: it starts nothing from nothing for {@link MembershipConfig#aloneMs}.
     */
    long followedNs = NEVER;
    /** When the primary's lease ends, and the backup's. */
    private long leaseNs = NEVER;
    private long candidacyNs = NEVER;
    /** When this process last awoke from a pause longer than a lease. */
    long awakeNs = NO_TIME;
    /** The peer has to hear of a change before the next heartbeat. */
    boolean dirty = true;
    /** What the witness was asked for and has not answered; 0 for nothing. */
    long claimedEpoch;
    private Reason claimReason;
    private String claimText;
    private Role claimRole;
    /** Read by the shard's thread: output may leave before this time. */
    private volatile long departUntilNs = NEVER;

    Self(final MembershipConfig config, final MembershipListener listener, final FailoverLog log, final long nowNs) {
        this.config = config;
        this.listener = listener;
        this.counters = config.counters();
        this.log = log;
        roleSinceNs = nowNs;
        counters.set(MembershipCounter.ROLE, role.code());
    }

    boolean mayDepart(final long nowNs) {
        return nowNs < departUntilNs;
    }

    void permitUntil(final long untilNs) {
        if (departUntilNs != untilNs) {
            departUntilNs = untilNs;
        }
    }

    /** Output may not leave until the next {@link #permitUntil}. */
    void forbid() {
        permitUntil(NEVER);
    }

    /** Changes the role. The permission to depart is gone until the input that led here has been dealt with. */
    void become(final Role to, final long newEpoch, final Reason why, final String detail, final long nowNs) {
        Invariant.check(role.mayBecome(to), "a legal change of role");
        Invariant.check(newEpoch >= epoch, "epochs only grow");
        Invariant.check(newEpoch > epoch || !to.isOwner() || role.isOwner(), "a new owner has a new epoch");
        forbid();
        final Role from = role;
        final long fromEpoch = epoch;
        role = to;
        epoch = newEpoch;
        reason = why;
        text = detail;
        roleSinceNs = nowNs;
        dirty = true;
        if (isClaiming()) {
            claimedEpoch = 0;
            config.witness().abandon();
        }
        // What a peer of before promised says nothing of the next one's patience; a follower's echoes count from its joining on.
        if (to != Role.PRIMARY) {
            leaseNs = NEVER;
        }
        if (to != Role.BACKUP) {
            candidacyNs = NEVER;
        }
        counters.increment(MembershipCounter.ROLE_CHANGES);
        counters.set(MembershipCounter.ROLE, to.code());
        counters.set(MembershipCounter.EPOCH, newEpoch);
        if (to == Role.FENCED) {
            counters.increment(MembershipCounter.FENCINGS);
        } else if (to == Role.SOLO && from == Role.BACKUP) {
            counters.increment(MembershipCounter.TAKEOVERS);
        } else if (to == Role.SOLO && from == Role.PRIMARY) {
            counters.increment(MembershipCounter.SOLOS);
        }
        log.onRole(from, to, fromEpoch, newEpoch, why, detail, nowNs);
        listener.onRole(from, to, newEpoch, why, nowNs);
    }

    /** An epoch that somebody knows of is known here too; for nodes that follow nobody. */
    void learnEpoch(final long known) {
        if (known > epoch) {
            epoch = known;
            counters.set(MembershipCounter.EPOCH, known);
        }
    }

    /** Asks the witness for {@code wanted}; the caller acts on the verdict, {@link #claimed} keeps the question. */
    Witness.Verdict claim(final long expected, final long wanted, final Reason why, final String detail, final long nowNs) {
        return keep(config.witness().claim(expected, wanted, nowNs), wanted, why, detail);
    }

    /** The same for a node that holds nothing. */
    Witness.Verdict claimAnew(final long wanted, final Reason why, final long nowNs) {
        return keep(config.witness().claimAnew(wanted, nowNs), wanted, why, "");
    }

    private Witness.Verdict keep(final Witness.Verdict verdict, final long wanted, final Reason why, final String detail) {
        if (verdict == Witness.Verdict.PENDING) {
            claimedEpoch = wanted;
            claimReason = why;
            claimText = detail;
            claimRole = role;
        }
        return verdict;
    }

    /**
     * What was asked for is not wanted any more.
     *
     * @return false if the answer has to be waited for
     */
    boolean withdraw() {
        final boolean withdrawn = config.witness().withdraw();
        if (withdrawn) {
            claimedEpoch = 0;
            dirty = true;
        }
        return withdrawn;
    }

    /** It is not waited for either: whoever is concerned takes it for used. */
    void forgo() {
        claimedEpoch = 0;
        config.witness().abandon();
        dirty = true;
    }

    boolean isClaiming() {
        return claimedEpoch != 0;
    }

    /** Whether an answer for that epoch is awaited, and by the role that asked. */
    boolean claimed(final long askedEpoch) {
        return claimedEpoch == askedEpoch && isClaiming() && claimRole == role;
    }

    Reason claimReason() {
        return claimReason;
    }

    String claimText() {
        return claimText;
    }

    /**
     * A heartbeat of ours came back.
     *
     * @param sentNs    when it was sent
     * @param silenceNs after how long a silence the peer decides, as it says
     */
    void onEcho(final long sentNs, final long silenceNs) {
        echoNs = sentNs;
        leaseNs = Math.max(leaseNs, sentNs + config.leaseNs(silenceNs));
        candidacyNs = Math.max(candidacyNs, sentNs + config.candidacyNs(silenceNs));
    }

    /** Another host is the partner now: what came back from the one before says nothing of it. */
    void forgetEchoes() {
        echoNs = NO_TIME;
        followedNs = NEVER;
        dirty = true;
    }

    /** When the primary's lease ends. */
    long leaseNs() {
        return leaseNs;
    }

    /** When the backup's lease ends. */
    long candidacyNs() {
        return candidacyNs;
    }

    boolean isCandidate(final long nowNs) {
        return config.witness().isThirdParty() || !Deadline.expired(candidacyNs(), nowNs);
    }
}
