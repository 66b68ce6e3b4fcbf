package io.holdfast.failover;

import io.holdfast.membership.MembershipStatus;
import java.util.Locale;

/**
 * What it would mean if this host went on alone now because an operator says so.
 *
 * @param refusal why it cannot, for people; null if it can
 * @param deed    what it would do
 * @param cost    what that may cost clients
 */
public record Takeover(String refusal, String deed, String cost) {
    static Takeover refused(final String why) {
        return new Takeover(why, "", "");
    }

    /** Judges by what the node is, and by what it has heard. */
    static Takeover of(final MembershipStatus status) {
        if (status.witness() != null && !status.witness().reached()) {
            return refused("the third party does not answer, and without its word this host may not go on alone");
        }
        final String silent = status.silentForNs() < 0 ? "was never heard" : String.format(Locale.ROOT, "was heard %.1f s ago",
            status.silentForNs() / 1e9);
        final boolean live = status.paths().stream().anyMatch(MembershipStatus.PathStatus::live);
        switch (status.role()) {
            case SOLO:
                return refused("this host leads already, without a backup");
            case PRIMARY:
                return status.mayDepart() ? refused("this host leads already, and is protected")
                    : new Takeover(null, "this host, a primary that waits for its backup, goes on alone", "the other host " + silent
                        + ": if it lives and has taken over, both lead until they hear each other, and what clients are told here "
                        + "meanwhile is lost");
            case BACKUP:
                return live && status.peerRole() != null && status.peerRole().isOwner()
                    ? refused("the primary lives: use switchover on its host")
                    : new Takeover(null, "this host, a backup, takes the service over", "the primary " + silent
                        + ": what it has told clients since without this host is lost to them, and while it lives, cut off, both lead");
            case STARTING:
                return new Takeover(null, "this host begins to serve, with no connection of before", "the other host " + silent
                    + ": if it lives and leads, both do until they hear each other, and one's clients are lost");
            default:
                return refused("this host is " + status.role() + " and holds nothing complete to go on with");
        }
    }
}
