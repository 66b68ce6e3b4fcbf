package io.holdfast.conformance.client;

/** The agent ended the connection, or cannot be reached. */
public final class AgentGoneException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AgentGoneException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
