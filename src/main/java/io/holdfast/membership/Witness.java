package io.holdfast.membership;

/**
 * Arbitrates the dangerous steps: going on without the other, and starting from nothing. Asked before held output leaves and
 * before a gate opens. Called by the membership's thread; must not block. Decision 5 has the rules (W1 to W6).
 */
public interface Witness {
    /** What a witness says. */
    enum Verdict {
        /** Recorded: the node owns the epoch. */
        GRANTED,
        /** Another owner is recorded. */
        REFUSED,
        /** The answer will come through {@link Answers}. */
        PENDING
    }

    /** Whom later answers go to, in the membership's thread and outside of its calls: {@link Membership#onWitness}. */
    interface Answers {
        void onWitness(long epoch, boolean granted, long nowNs);
    }

    /**
     * For operators.
     *
     * @param name        what was configured
     * @param reached     whether it answered lately
     * @param answeredForNs how long ago it answered last, -1 if never
     * @param asked       the epoch that this node asks for, 0 if none
     * @param epoch       the recorded epoch as it was last seen, 0 if none
     * @param owner       whose that is; empty if nobody's
     * @param text        what the way to it says of itself
     */
    record Status(String name, boolean reached, long answeredForNs, long asked, long epoch, String owner, String text) {
    }

    /** The embedded default: no third party. What the two nodes tell each other, and their leases, decide. */
    Witness TWO_PATHS = new Witness() {
        @Override
        public boolean isThirdParty() {
            return false;
        }

        @Override
        public Verdict claim(final long expectedEpoch, final long epoch, final long nowNs) {
            return Verdict.GRANTED;
        }

        @Override
        public Verdict claimAnew(final long epoch, final long nowNs) {
            return Verdict.GRANTED;
        }

        @Override
        public String toString() {
            return "two paths";
        }
    };

    /**
     * Whether it records (epoch, owner) where both nodes' claims meet. Then silence is enough for a claim, and every
     * node that goes on alone takes a new epoch. The same on both nodes.
     */
    boolean isThirdParty();

    /**
     * Records this node as the owner of {@code epoch} if the recorded epoch is not above {@code expectedEpoch}; nothing recorded
     * counts as 0.
     */
    Verdict claim(long expectedEpoch, long epoch, long nowNs);

    /** The same for a node that holds nothing: if the record has not been written since {@link #quietFromNs}. */
    Verdict claimAnew(long epoch, long nowNs);

    /**
     * Takes back what was asked and not answered.
     *
     * @return false if it may have been recorded all the same: the answer has to be waited for
     */
    default boolean withdraw() {
        return true;
    }

    /** What was asked is wanted no more. It may have been recorded, or be yet, if {@link #withdraw} would say so. */
    default void abandon() {
    }

    /** Before anything else. */
    default void answerTo(final Answers answers) {
    }

    /**
     * Time has passed. Called with every input of the membership, and at least with every heartbeat.
     *
     * @param leadingEpoch what this node leads alone, so that its right has to be kept up; 0 if it does not
     */
    default void poll(final long leadingEpoch, final long nowNs) {
    }

    /** Whether it answered lately. */
    default boolean isReached(final long nowNs) {
        return true;
    }

    /** The recorded epoch as it was last seen; 0 if none was. */
    default long recordedEpoch() {
        return 0;
    }

    /** Whether nothing is recorded, or this very node was recorded last, as far as was seen. */
    default boolean isNobodyElseRecorded() {
        return true;
    }

    /** Send time of the last write of ours that was recorded for that epoch; {@link Long#MIN_VALUE} if there was none. */
    default long confirmedNs(final long epoch) {
        return Long.MIN_VALUE;
    }

    /** When what is recorded was first read here as it is; {@link Long#MAX_VALUE} while that is not known. */
    default long quietFromNs() {
        return Long.MAX_VALUE;
    }

    /** For operators; null if there is no third party. */
    default Status status(final long nowNs) {
        return null;
    }
}
