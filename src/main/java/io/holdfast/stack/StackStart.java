package io.holdfast.stack;

import io.holdfast.config.LinkSettings;
import io.holdfast.config.StackConfig;
import io.holdfast.counters.Counters;
import io.holdfast.counters.CountersFile;
import io.holdfast.link.Link;
import io.holdfast.link.decorator.FaultLink;
import io.holdfast.link.decorator.FaultProfile;
import io.holdfast.link.decorator.PcapngLink;
import io.holdfast.link.tap.TapConfig;
import io.holdfast.link.tap.TapException;
import io.holdfast.link.tap.TapLink;
import io.holdfast.util.SeededRandom;
import io.holdfast.wire.MacAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a running shard of a configuration: opens the device, wraps it as wanted, and starts the threads. */
public final class StackStart {
    private static final Logger LOG = LoggerFactory.getLogger(StackStart.class);
    private static final long MS = 1_000_000;
    /** How long a frame that is to be overtaken is held back: some frames of a fast path. */
    private static final long HOLD_BACK_NS = 3 * MS;
    private static final int RATE_QUEUE_BYTES = 1_500_000;

    private StackStart() {
    }

    /**
     * @param replication makes what carries the connections to another host; null for nothing. The addresses are held back until
     *                    it takes them
     * @throws IllegalArgumentException naming a setting that cannot be
     * @throws UncheckedIOException     if the device cannot be opened, saying what to do
     */
    public static Shard start(final StackConfig config, final Function<ShardControl, Replication> replication) {
        Platform.requireExports();
        config.conclude();
        final CountersFile file = config.countersFile() == null ? null : CountersFile.create(config.countersFile(), CounterCatalog.all());
        final Counters counters = file == null ? new Counters() : file.counters();
        final Link device = config.givenLink() != null ? config.givenLink() : open(config, counters);
        final PcapngLink capturing = new PcapngLink(device, counters, StackStart::epochNs);
        if (config.link.capture != null) {
            try {
                capturing.start(config.link.capture);
            } catch (final IOException e) {
                device.close();
                throw new UncheckedIOException("cannot capture into link.capture = " + config.link.capture, e);
            }
        }
        final Link link = config.link.faulty() ? faulty(config.link, capturing, counters) : capturing;
        if (LOG.isInfoEnabled() && config.threading() != StackConfig.Threading.INVOKER) {
            LOG.info("starting on {} with\n{}", device, config);
            if (config.link.virtualMac != 0) {
                LOG.info("service address at MAC {}: {}", MacAddress.format(config.link.virtualMac), config.link.presence);
            }
        }
        final Shard shard = new Shard(config, replication, link, capturing, counters, file);
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
            final TapLink link = TapLink.open(tap, counters);
            if (settings.virtualMac != 0 && (settings.virtualMac == link.interfaceMac()
                || settings.virtualMac == link.capabilities().macAddress())) {
                link.close();
                throw new IllegalArgumentException("link.virtual_mac = " + MacAddress.format(settings.virtualMac)
                    + ": allowed is an address that no device has, neither " + settings.device
                    + " nor the stack on it");
            }
            return link;
        } catch (final TapException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    private static Link faulty(final LinkSettings settings, final Link link, final Counters counters) {
        final FaultProfile profile = FaultProfile.NONE.withLoss(settings.lossPercent / 100)
            .withDuplication(settings.duplicatePercent / 100)
            .withReordering(settings.reorderPercent / 100, HOLD_BACK_NS)
            .withCorruption(settings.corruptPercent / 100)
            .withDelay((long) (settings.delayMs * MS), (long) (settings.jitterMs * MS))
            .withRate(settings.rateBitsPerSecond, RATE_QUEUE_BYTES);
        return new FaultLink(link, profile, profile, new SeededRandom(settings.faultSeed), System::nanoTime, counters);
    }

    private static long epochNs() {
        final Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }
}
