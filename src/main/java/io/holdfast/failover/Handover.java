package io.holdfast.failover;

import java.time.Instant;

/**
 * What came of a planned switchover.
 *
 * @param refusal null if the other host leads now; otherwise why it does not, for people
 * @param began   when nothing departed any more
 * @param tookNs  from then until the other host was heard as the owner
 * @param epoch   the one that it leads
 */
public record Handover(String refusal, Instant began, long tookNs, long epoch) {
    static Handover refused(final String why) {
        return new Handover(why, null, 0, 0);
    }
}
