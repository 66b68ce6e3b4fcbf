package io.holdfast.failover;

import io.holdfast.replication.channel.Path;
import io.holdfast.replication.channel.PathLoss;
import java.util.List;

/**
 * What an operator wants to know of a node; a snapshot. Times on the node's clock.
 *
 * @param atNs       when this was so
 * @param reason     why the role is what it is
 * @param text       the same in detail
 * @param sinceNs    when the role changed last
 * @param mayDepart  whether output may leave now
 * @param ready      whether this node, a backup, could take over now
 * @param peerRole   null if the peer was never heard
 * @param position   this node's in the log
 * @param peerCatchingUp connections whose server on the peer, a joiner or backup, is not where the one here is yet
 * @param silentForNs how long ago the peer was heard last, -1 if never
 * @param hearsLan   whether the clients' LAN is heard; false too if nobody gives signs of it
 * @param failovers  the last changes of ownership, oldest first
 */
public record MembershipStatus(
    long atNs, Role role, Phase phase, long epoch, Reason reason, String text, long sinceNs, boolean mayDepart, boolean ready,
    Role peerRole, long peerEpoch, long peerIncarnation, long position, long peerPosition, int peerCatchingUp, long silentForNs,
    boolean hearsLan, List<PathStatus> paths, List<Failover> failovers) {

    /**
     * @param heardForNs how long ago something came on it, -1 if never
     * @param loss       why it is down, null if it is up or never was
     * @param lifeline   whether the death of the peer's process would be seen on it at once
     */
    public record PathStatus(Path path, boolean up, boolean live, long heardForNs, PathLoss loss, String text,
        boolean lifeline) {
    }
}
