package io.holdfast.failover;

import java.time.Instant;
import java.util.Locale;

/**
 * What came of a planned switchover.
 *
 * @param refusal null if the other host leads now; otherwise why it does not, for people
 * @param began   when nothing departed any more
 * @param tookNs  from then until the other host was heard as the owner
 * @param epoch   the one that it leads
 * @param waitedNs before, for the other host's servers to come to where this one's were, with clients being served; 0 if nobody
 *                 asked
 * @param behindBytes what a server of the other host had yet to write again nevertheless, the most of all; -1 if it did not say
 */
public record Handover(String refusal, Instant began, long tookNs, long epoch, long waitedNs, long behindBytes) {
    static Handover refused(final String why) {
        return new Handover(why, null, 0, 0, 0, -1);
    }

    /** How well it was prepared, for people. */
    public String prepared() {
        return String.format(Locale.ROOT, "after %.1f ms in which %s", waitedNs / 1e6,
            behindBytes == 0 ? "its servers came to where these were"
            : behindBytes < 0 ? "it did not say where its servers were: clients may wait for them"
            : "its servers did not come to where these were: clients wait for up to " + behindBytes + " bytes to be written again");
    }
}
