package io.holdfast.stack;

/** What {@link Replication} keeps beside a connection that lives on another host too; see {@link Endpoint#replica}. */
public interface ReplicaConnection {
    /** The connection's number in the log. */
    long id();
}
