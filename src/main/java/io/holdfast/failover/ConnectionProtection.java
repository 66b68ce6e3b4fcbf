package io.holdfast.failover;

import io.holdfast.tcp.ConnectionId;

/**
 * Whether one connection would survive the primary now, and why not; a copy.
 *
 * @param id     its number in the log, 0 if it has none
 * @param reason empty if it is protected
 */
public record ConnectionProtection(long id, ConnectionId ends, State state, String reason) {
    /** How it would fare. */
    public enum State {
        /** The backup has everything of it. */
        PROTECTED,
        /** A backup is getting the history, which it is part of; or its server there has yet to serve it again up to now. */
        CATCHING_UP,
        /** It ends with the primary, or a later backup would not get it. */
        UNPROTECTED
    }
}
