package io.holdfast.replication.channel;

import io.holdfast.counters.ChannelCounter;
import java.io.IOException;

/** What a peer sent that closes its connection, with the counter of its kind. */
final class Refusal extends IOException {
    private static final long serialVersionUID = 1;

    private final transient ChannelCounter counter;

    Refusal(final ChannelCounter counter, final String message) {
        super(message);
        this.counter = counter;
    }

    ChannelCounter counter() {
        return counter;
    }
}
