package io.holdfast.membership;

/** The newest that the peer said of itself. */
final class Peer {
    /** What {@link #accept} found. */
    enum News {
        /** Said before what is known already: a sign of life, no more. */
        OLD,
        /** New. */
        NEW,
        /** From another process than before. */
        NEW_PROCESS,
        /** From a process that is gone. */
        RETIRED
    }

    private static final int RETIRED_LIMIT = 16;

    /** The last message that was new; {@link MembershipMessage#role} is null before the first. */
    MembershipMessage last = new MembershipMessage();
    private MembershipMessage spare = new MembershipMessage();
    private final long[] retired = new long[RETIRED_LIMIT];
    private int retirements;

    /** Where the next message is decoded into. */
    MembershipMessage next() {
        return spare;
    }

    /** Takes what {@link #next} holds. */
    News accept() {
        for (final long incarnation : retired) {
            if (incarnation == spare.incarnation) {
                return News.RETIRED;
            }
        }
        final boolean sameProcess = last.role != null && last.incarnation == spare.incarnation;
        if (sameProcess && spare.serial <= last.serial) {
            return News.OLD;
        }
        if (last.role != null && !sameProcess) {
            retired[retirements++ % RETIRED_LIMIT] = last.incarnation;
        }
        final MembershipMessage taken = spare;
        spare = last;
        last = taken;
        return sameProcess ? News.NEW : News.NEW_PROCESS;
    }

    boolean isKnown() {
        return last.role != null;
    }

    long incarnation() {
        return isKnown() ? last.incarnation : 0;
    }

    boolean isOwner() {
        return isKnown() && last.role.isOwner();
    }
}
