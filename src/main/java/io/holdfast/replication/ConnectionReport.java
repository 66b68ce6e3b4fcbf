package io.holdfast.replication;

import io.holdfast.tcp.ConnectionId;

/**
 * What a {@link Replica} knows of one connection; a copy.
 *
 * @param id   its number in the log; 0: the log does not have it
 * @param behind      a backup's server has yet to come to where the primary's is
 * @param lost        why it will not survive the primary, whatever the backup has; null if nothing is known against it
 * @param behindBytes what the server here has yet to write to be where the other host's is known to have been
 * @param behindReads what it has yet to learn: reads, ends and errors
 */
public record ConnectionReport(long id, ConnectionId ends, boolean behind, String lost, long behindBytes, int behindReads) {
    ConnectionReport(final long id, final ConnectionId ends, final String lost) {
        this(id, ends, false, lost, 0, 0);
    }
}
