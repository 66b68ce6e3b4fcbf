package io.holdfast.stack;

import io.holdfast.counters.Counters;
import io.holdfast.link.Link;
import io.holdfast.link.tap.TapConfig;
import io.holdfast.link.tap.TapException;
import io.holdfast.link.tap.TapLink;
import java.io.UncheckedIOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a running shard of a configuration: opens the device, and starts the threads. */
public final class StackStart {
    private static final Logger LOG = LoggerFactory.getLogger(StackStart.class);

    private StackStart() {
    }

    /**
     * @throws IllegalArgumentException naming a setting that cannot be
     * @throws UncheckedIOException     if the device cannot be opened, saying what to do
     */
    public static Shard start(final StackConfig config) {
        Platform.requireExports();
        config.conclude();
        final Counters counters = new Counters();
        final Link link = config.givenLink() != null ? config.givenLink() : open(config, counters);
        if (LOG.isInfoEnabled()) {
            LOG.info("starting on {} with\n{}", link, config);
        }
        final Shard shard = new Shard(config, link, counters);
        shard.start();
        return shard;
    }

    private static Link open(final StackConfig config, final Counters counters) {
        final LinkSettings settings = config.link;
        final TapConfig tap = new TapConfig().device(settings.device).mtu(settings.mtu).macAddress(settings.macAddress)
            .offload(switch (settings.vnetHeader) {
                case AUTO -> TapConfig.Offload.AUTO;
                case ON -> TapConfig.Offload.REQUIRED;
                case OFF -> TapConfig.Offload.OFF;
            });
        try {
            return TapLink.open(tap, counters);
        } catch (final TapException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }
}
