package io.holdfast.membership;

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
 * @param peerHearsLan whether the peer hears the clients' LAN, as it says
 * @param silentForNs how long ago the peer was heard last, -1 if never
 * @param lan        whether the clients' LAN is heard
 * @param detection  after how long a silence the peer counts as dead
 * @param paths     to the partner, which is what the peer is where there are more than two hosts
 * @param hosts     every other host
 * @param witness    the third party; null if there is none
 * @param failovers  the last changes of ownership, oldest first
 */
public record MembershipStatus(
    long atNs, Role role, Phase phase, long epoch, Reason reason, String text, long sinceNs, boolean mayDepart, boolean ready,
    Role peerRole, long peerEpoch, long peerIncarnation, long position, long peerPosition, int peerCatchingUp, boolean peerHearsLan, long silentForNs,
    LanStatus lan, DetectionStatus detection, List<PathStatus> paths, List<HostStatus> hosts,
    Witness.Status witness, List<Failover> failovers) {

    /**
     * @param name      as configured; empty if there are two hosts
     * @param partner   whether it is the one that this host is a pair with, or may become one
     * @param role      null if it was never heard
     * @param heardForNs how long ago it was heard last, -1 if never
     */
    public record HostStatus(String name, boolean partner, Role role, long epoch, boolean hearsLan, boolean heard,
        long heardForNs, List<PathStatus> paths) {
        /** Connected and empty: it would be the backup if it were named. */
        public boolean isSpare() {
            return heard && role == Role.STARTING;
        }
    }

    /**
     * @param inForceNs   the silence after which the peer counts as dead now
     * @param leastNs     as configured
     * @param worstNs     the latest heartbeat of this host in the last minute
     * @param neededNs    the silence that this host's punctuality makes likely once a month
     * @param peerNeedsNs the same of the peer's, as it says
     * @param flapping    whether takeovers followed each other too soon
     */
    public record DetectionStatus(long inForceNs, long leastNs, long worstNs, long neededNs, long peerNeedsNs, boolean flapping) {
    }

    /**
     * @param watched   whether anybody gives signs of it
     * @param heard     whether another station was heard lately
     * @param lost      whether nobody is heard any more, though somebody was, or the device is gone
     * @param gone      whether the device says so itself
     * @param signAgeNs how long ago the last sign came, -1 if there was none
     */
    public record LanStatus(boolean watched, boolean heard, boolean lost, boolean gone, long signAgeNs) {
    }

    /**
     * @param heardForNs how long ago something came on it, -1 if never
     * @param loss       why it is down, null if it is up or never was
     * @param lifeline   whether the death of the peer's process would be seen on it at once
     */
    public record PathStatus(Path path, boolean up, boolean live, long heardForNs, PathLoss loss, String text,
        boolean lifeline) {
    }
}
