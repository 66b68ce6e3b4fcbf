/**
 * Checks that a bystander on the LAN can make of a protected address: reads captures and checks the invariants O1 to O5 of
 * the replication as far as they show on the wire. A bystander who also hears the link between the hosts, if that is plain, can
 * hold what leaves a host against what the other had stored by then. Knows nothing of the stack and uses none of its code, so
 * that a mistake of the stack cannot hide in its checker.
 *
 * <pre>
 * file -> CaptureReader -> Frame -> Segment -> WireChecker -> Conversation (a connection) -> Violations -> Report
 *                                -> ArpMessage -> Ownership (which host has the address)
 *
 * second pass, all captures by time: LogChecker
 *   link  -> LinkWatch -> Reassembly -> Host (role), StoredLog -> StoredConnection
 *   ports -> OutputWatch (what leaves a host, against the log), Ownership
 * </pre>
 */
package io.holdfast.lab.wire;
