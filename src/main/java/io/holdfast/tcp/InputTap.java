package io.holdfast.tcp;

import org.agrona.DirectBuffer;

/** Who is told of every byte that a connection takes in, before the application can see it: replication. */
@FunctionalInterface
public interface InputTap {
    /**
     * Bytes of the peer's stream, new ones mostly, in order or ahead of a gap. Copied before this returns.
     *
     * @return false if they cannot be recorded now: the segment is dropped, and comes again
     */
    boolean onInput(long offset, DirectBuffer buffer, int at, int length);
}
