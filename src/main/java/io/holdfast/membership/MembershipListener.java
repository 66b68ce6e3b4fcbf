package io.holdfast.membership;

import io.holdfast.replication.ReplayLag;
import io.holdfast.replication.channel.Path;
import org.agrona.DirectBuffer;

/**
 * What {@link Membership} decides, for those who act on it. Called within its inputs, by their thread; calls none of
 * its inputs back.
 */
public interface MembershipListener {
    /**
     * The role changed. A permission to depart is withdrawn before this call, and given after it: an implementation
     * that becomes {@link Role#SOLO} from {@link Role#BACKUP} applies its log and opens its gate in here; one that
     * becomes {@link Role#PRIMARY} gates its output in here.
     */
    void onRole(Role from, Role to, long epoch, Reason reason, long nowNs);

    /** Queues a message for that host. The bytes are valid until this returns; only the newest of a path matters. */
    void send(int host, Path path, DirectBuffer buffer, int offset, int length);

    /**
     * Owner: the log's position, the last sequence appended. Backup, joiner: the last sequence stored without a gap, in
     * the present session; 0 before its first.
     */
    long position();

    /** Joiner, backup: connections whose server here is not where the primary's is yet. */
    default int catchingUp() {
        return 0;
    }

    /**
     * Owner: stream the history to the partner ({@link Membership#partner}) on the replication path, in a new session, under this
     * join's number.
     */
    void onAttach(int join, long nowNs);

    /** Owner: the session of this join is over. */
    void onDetach(int join, long nowNs);

    /** Joiner: drop all state; a new session of the owner of that epoch follows on the replication path. */
    void onJoin(int join, long epoch, long nowNs);

    /**
     * Node that was a joiner, backup or fenced: drop all state; nobody owns anything, and a start from nothing follows.
     */
    void onReset(long nowNs);

    /**
     * Backup, asked now and then while its primary prepares a switchover: how far its servers are behind. May be what it was
     * when this was asked last.
     */
    default ReplayLag behind() {
        return ReplayLag.UNKNOWN;
    }

    /**
     * Primary, planned switchover: programs are to write no more; what they have written goes into the log as far as the backup
     * has to know of it, and departs; then {@link Membership#onHeld}.
     */
    void onHold(long nowNs);

    /**
     * Primary, planned switchover: nothing departs any more; append what is left, then {@link Membership#onFlushed}.
     *
     * @param behindBytes what a server of the backup still lacks, the most of all; 0 if none lacks anything, -1 if it is not
     *                    known
     */
    void onFlush(long behindBytes, long nowNs);

    /** Primary: the switchover came to nothing, programs write and output departs again. */
    void onFlushCancelled(long nowNs);

    /** The path to that host is open and silent for too long: close it and connect anew, at once. */
    void onStalled(int host, Path path, long nowNs);
}
