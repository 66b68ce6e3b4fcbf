/**
 * The TCP state machine (RFC 9293), sans-I/O: segments, times and application verbs in; segments and readiness out. No
 * thread, clock, randomness, channel or log of its own; time is a parameter. Byte streams are addressed by 64-bit
 * offsets, which are truncated to sequence numbers only on the wire.
 */
package io.holdfast.tcp;
