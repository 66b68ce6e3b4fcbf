package io.holdfast.failover;

/**
 * What came of a planned switchover.
 *
 * @param refusal null if the other host leads now; otherwise why it does not, for people
 * @param tookNs  from the moment when nothing departed any more until the other host was heard as the owner
 * @param epoch   the one that it leads
 */
public record Handover(String refusal, long tookNs, long epoch) {
    static Handover refused(final String why) {
        return new Handover(why, 0, 0);
    }
}
