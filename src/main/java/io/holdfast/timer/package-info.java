/** The timers of a shard: one entry a connection, at its earliest deadline. Time is a parameter. */
package io.holdfast.timer;
