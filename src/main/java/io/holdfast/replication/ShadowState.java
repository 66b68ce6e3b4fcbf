package io.holdfast.replication;

/**
 * Where a connection that is followed stands: at the primary, at the server here, and whether it would survive the primary. Each
 * only goes on, but that one that was stuck may move again. With the baton only.
 *
 * <pre>
 *   there:  OPEN --accepted--> ACCEPTED ------gone------> GONE
 *             +-----gone-----> GONE_UNACCEPTED --accepted--^
 *   here:   WAITING --given--> GIVEN --detached--> DETACHED
 *             +----------------detached---------------^
 *   fate:   PROTECTED <--stuck, moves--> STUCK;  either --lost--> LOST
 * </pre>
 */
final class ShadowState {
    enum There {
        /** Its server has not accepted it yet. */
        OPEN,
        ACCEPTED,
        /** It ended before its server accepted it, who may do so yet. */
        GONE_UNACCEPTED,
        /** It ended; the application here may not have let go of it yet. */
        GONE
    }

    enum Here {
        /** No server here may have it yet. */
        WAITING,
        /** The application here has it, or is offered it. */
        GIVEN,
        /** The application here has let go of it. */
        DETACHED
    }

    enum Fate {
        PROTECTED,
        /** Its server here does not move. */
        STUCK,
        /** It goes on at the primary alone, whatever comes. */
        LOST
    }

    private There there = There.OPEN;
    private Here here = Here.WAITING;
    private Fate fate = Fate.PROTECTED;
    private String reason;

    // --- what happens ---

    /** The server there has accepted it. */
    void onAccepted() {
        there = isGone() ? There.GONE : There.ACCEPTED;
    }

    /** The primary's is gone. */
    void onGone() {
        there = isAccepted() ? There.GONE : There.GONE_UNACCEPTED;
    }

    /** A server here gets it. */
    void onGiven() {
        if (here == Here.WAITING) {
            here = Here.GIVEN;
        }
    }

    /** The application here has let go of it. */
    void onDetached() {
        here = Here.DETACHED;
    }

    /** @param why what its server here waits for, for people */
    void onStuck(final String why) {
        if (fate == Fate.PROTECTED) {
            fate = Fate.STUCK;
            reason = why;
        }
    }

    /** Its server here moves again. */
    void onMoves() {
        if (fate == Fate.STUCK) {
            fate = Fate.PROTECTED;
            reason = null;
        }
    }

    /** @param why it will not survive the primary, for people */
    void onLost(final String why) {
        fate = Fate.LOST;
        reason = why;
    }

    // --- where it stands ---

    There there() {
        return there;
    }

    Here here() {
        return here;
    }

    Fate fate() {
        return fate;
    }

    boolean isAccepted() {
        return there == There.ACCEPTED || there == There.GONE;
    }

    boolean isGone() {
        return there == There.GONE || there == There.GONE_UNACCEPTED;
    }

    boolean isGiven() {
        return here != Here.WAITING;
    }

    boolean isDetached() {
        return here == Here.DETACHED;
    }

    boolean isStuck() {
        return fate == Fate.STUCK;
    }

    boolean isLost() {
        return fate == Fate.LOST;
    }

    /** Why it is stuck or lost; null if it is neither. */
    String reason() {
        return reason;
    }
}
