/** The shard: duty cycle and baton, demultiplexer, connection table, timers, command queue, readiness; and its configuration. */
package io.holdfast.stack;
