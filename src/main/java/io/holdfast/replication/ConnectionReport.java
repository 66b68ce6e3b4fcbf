package io.holdfast.replication;

import io.holdfast.tcp.ConnectionId;

/**
 * What a {@link Replica} knows of one connection; a copy.
 *
 * @param id   its number in the log; 0: the log does not have it
 * @param behind a backup's server has yet to come to where the primary's is
 * @param lost why it will not survive the primary, whatever the backup has; null if nothing is known against it
 */
public record ConnectionReport(long id, ConnectionId ends, boolean behind, String lost) {
}
