/**
 * Decides <i>which bytes</i> to send again: the scoreboard of records in flight, loss detection (RACK-TLP, NewReno, F-RTO), the
 * recovery state machine, RTT and RTO. Sees stream offsets, times and counts; never the connection, its buffers or the wire.
 */
package io.holdfast.tcp.recovery;
