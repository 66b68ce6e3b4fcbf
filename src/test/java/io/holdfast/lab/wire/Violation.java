package io.holdfast.lab.wire;

/**
 * One broken rule.
 *
 * @param timeNs     since 1970
 * @param connection the client's address and port and the server's port; empty if it concerns none
 */
public record Violation(Rule rule, long timeNs, String connection, String text) {
}
