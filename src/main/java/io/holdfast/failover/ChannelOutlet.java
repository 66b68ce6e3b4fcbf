package io.holdfast.failover;

import io.holdfast.replication.channel.Channels;
import io.holdfast.replication.channel.Path;
import org.agrona.DirectBuffer;

/** The channels. */
record ChannelOutlet(Channels channels) implements Outlet {
    @Override
    public void send(final Path path, final DirectBuffer buffer, final int offset, final int length) {
        channels.send(path, buffer, offset, length);
    }

    @Override
    public void drop(final Path path, final String reason) {
        channels.drop(path, reason);
    }

    @Override
    public void wakeUp() {
        channels.wakeUp();
    }
}
