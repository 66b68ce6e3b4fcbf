package io.holdfast.replication;

/**
 * How far a backup's servers are behind the primary's.
 *
 * @param position of the log: compared with where the primary's were there, or later; -1 if it is not known
 * @param bytes    that one connection's server has yet to write, the most of all
 */
public record ReplayLag(long position, long bytes) {
    public static final ReplayLag UNKNOWN = new ReplayLag(-1, 0);
}
