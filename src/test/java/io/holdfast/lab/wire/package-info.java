/**
 * What a bystander on the LAN can tell about a protected address: reads captures and checks the invariants O1 to O5 of
 * the replication as far as they show on the wire. Knows nothing of the stack and uses none of its code, so that a
 * mistake of the stack cannot hide in its checker.
 *
 * <pre>
 * file -> CaptureReader -> Frame -> Segment -> WireChecker -> Conversation (a connection) -> Violations -> Report
 *                                -> ArpMessage -> Ownership (which host has the address)
 * </pre>
 */
package io.holdfast.lab.wire;
