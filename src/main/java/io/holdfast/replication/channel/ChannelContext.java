package io.holdfast.replication.channel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the paths share.
 *
 * @param tls                null without TLS
 * @param sendBufferBytes    SO_SNDBUF to ask for; 0 leaves the kernel's sizing, likewise receiveBufferBytes
 */
record ChannelContext(ChannelConfig config, SelectorProvider provider, Selector selector, TlsEngines tls, PeerNames peers,
            LifelineToken words, Rejections rejections, int sendBufferBytes, int receiveBufferBytes) {
    private static final Logger LOG = LoggerFactory.getLogger(ChannelContext.class);

    static ChannelContext of(final ChannelConfig config) {
        config.validate();
        final TlsEngines tls = config.isTls() ? TlsEngines.from(config) : null;
        if (tls == null) {
            LOG.warn("replication.security=plain: whoever reaches {} can take over every client's connection",
                config.listen(Path.REPLICATION));
        }
        final SelectorProvider provider = KernelNetwork.provider();
        try (SocketChannel probe = provider.openSocketChannel()) {
            final int asked = config.socketBufferBytes();
            // To ask for more than the kernel grants is worse than to ask for nothing: it ends the kernel's own sizing.
            probe.setOption(StandardSocketOptions.SO_SNDBUF, asked).setOption(StandardSocketOptions.SO_RCVBUF, asked);
            final int send = probe.getOption(StandardSocketOptions.SO_SNDBUF) >= asked ? asked : 0;
            final int receive = probe.getOption(StandardSocketOptions.SO_RCVBUF) >= asked ? asked : 0;
            return new ChannelContext(config, provider, provider.openSelector(), tls,
                new PeerNames(config), new LifelineToken(config.lifelines()),
                new Rejections(config.counters()), send, receive);
        } catch (final IOException e) {
            throw new UncheckedIOException("the kernel gives no socket or selector for replication", e);
        }
    }

    /** Before it is connected, or just after it was accepted. */
    void prepare(final SocketChannel channel) throws IOException {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        if (sendBufferBytes > 0) {
            channel.setOption(StandardSocketOptions.SO_SNDBUF, sendBufferBytes);
        }
        if (receiveBufferBytes > 0) {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBufferBytes);
        }
    }
}
