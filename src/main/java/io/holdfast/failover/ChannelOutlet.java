package io.holdfast.failover;

import io.holdfast.replication.channel.Channels;
import io.holdfast.replication.channel.Path;
import java.util.function.IntSupplier;
import org.agrona.DirectBuffer;

/**
 * The channels to the host that this one is a pair with.
 *
 * @param partner its place among the others
 */
record ChannelOutlet(Channels channels, IntSupplier partner) implements Outlet {
    @Override
    public void send(final Path path, final DirectBuffer buffer, final int offset, final int length) {
        channels.send(partner.getAsInt(), path, buffer, offset, length);
    }

    @Override
    public void drop(final Path path, final String reason) {
        channels.drop(partner.getAsInt(), path, reason);
    }

    @Override
    public void wakeUp() {
        channels.wakeUp();
    }
}
