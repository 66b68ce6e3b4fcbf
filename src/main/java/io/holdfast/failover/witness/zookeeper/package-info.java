/**
 * ZooKeeper as a register, through Apache Curator. Built into a jar of its own with the libraries that it needs, which is opened
 * only if {@code replication.witness} names it: nothing outside of this package may use these libraries, nor name a class of it.
 */
package io.holdfast.failover.witness.zookeeper;
