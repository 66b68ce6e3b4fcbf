package io.holdfast.stack;

/**
 * A connection that an application of another host served, for the one here to go on with.
 *
 * @param readOffset  of its last checkpoint, 0 if there was none: where its next read begins
 * @param writeOffset of its last checkpoint
 * @param blob        of its last checkpoint; empty if there was none
 */
public record Resumption(Endpoint endpoint, long readOffset, long writeOffset, byte[] blob) {
}
