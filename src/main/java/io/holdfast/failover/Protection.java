package io.holdfast.failover;

import java.util.List;

/**
 * How far the backup is, and what that means for each connection; a snapshot. On the primary as it knows it, on the backup as
 * that one does.
 *
 * @param lagBytes     bytes of the log that the backup does not have yet; -1: no backup, or this is one
 * @param lagRecords records of the log, likewise; on a backup those that the primary told of and that have not come; -1: unknown
 * @param roundTripNs  from a batch's making to its acknowledgement, the last one's; -1: none, or not known here
 * @param safe         connections that are protected
 * @param historyBytes what is kept for a backup that joins later, or, in mode cold, to be replayed
 * @param behindNs on a backup how long ago the log told of the first thing that its servers have yet to do again: a takeover
 *                     would wait for about as long; 0 if they are where the primary's are; -1 on other hosts
 * @param broken       what would not survive, though it was to, and why, for people; null if there is nothing
 * @param connections  the first of them, in the order of the table
 */
public record Protection(long lagBytes, long lagRecords, long roundTripNs, int safe, int catchingUp, int unprotected,
    long historyBytes, long behindNs, String broken, List<ConnectionProtection> connections) {
}
