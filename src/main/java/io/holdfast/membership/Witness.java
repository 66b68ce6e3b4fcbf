package io.holdfast.membership;

/**
 * Arbitrates the one dangerous step: going on without the other. Asked before held output leaves and before a backup
 * opens its gate. Called by the membership's thread; must not block.
 */
public interface Witness {
    /** What a witness says. */
    enum Verdict {
        /** Recorded: the node owns the epoch. */
        GRANTED,
        /** Another owner is recorded. */
        REFUSED,
        /** The answer will come through {@link Membership#onWitness}. */
        PENDING
    }

    /** The embedded default: no third party. What the two nodes tell each other, and their leases, decide. */
    Witness TWO_PATHS = new Witness() {
        @Override
        public boolean isThirdParty() {
            return false;
        }

        @Override
        public Verdict claim(final long expectedEpoch, final long epoch, final long node, final long nowNs) {
            return Verdict.GRANTED;
        }

        @Override
        public long recordedEpoch() {
            return 0;
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
     * Sets (epoch, owner) if the recorded epoch is {@code expectedEpoch}; nothing recorded counts as 0.
     *
     * @param node the claiming node's id
     */
    Verdict claim(long expectedEpoch, long epoch, long node, long nowNs);

    /** The epoch that was last seen recorded, after a claim was refused; 0 if none was. */
    long recordedEpoch();
}
