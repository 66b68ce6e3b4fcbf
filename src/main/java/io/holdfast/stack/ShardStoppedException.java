package io.holdfast.stack;

/**
 * The shard has stopped for good: an error went through the middle of a duty cycle, so that nobody knows what state it left
 * behind. Sockets make an {@code IOException} of it.
 */
public final class ShardStoppedException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    ShardStoppedException(final Throwable cause) {
        super("the stack has stopped, because an error went through the middle of its work: " + cause, cause);
    }
}
