package io.holdfast.failover;

import io.holdfast.membership.Membership;
import io.holdfast.membership.MembershipStatus;
import io.holdfast.stack.LanSigns;
import io.holdfast.stack.LanWatchConfig;
import io.holdfast.stack.ShardControl;
import io.holdfast.wire.IpAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings what the shard hears of the clients' LAN to the membership. The replicator's thread. */
final class LanEar implements AutoCloseable {
    /**
     * Probes in a time after which an unanswered LAN counts as lost: more than need to be without an answer, since on a busy host
     * each may leave late.
     */
    private static final int PROBES = 8;

    private static final Logger LOG = LoggerFactory.getLogger(LanEar.class);

    private final OwnStations stations;
    private final LanSigns signs;
    private boolean lost;

    private LanEar(final NodeConfig config, final IpAddress gateway, final ShardControl control) {
        stations = new OwnStations();
        signs = control.watchLan(new LanWatchConfig(config.lanNs() / PROBES, gateway, config.lanTargets(), config.lanNeighbors(),
            stations));
    }

    /** Returns null if nobody is to listen. */
    static LanEar of(final NodeConfig config, final IpAddress gateway, final ShardControl control) {
        return config.lanNs() == 0 ? null : new LanEar(config, gateway, control);
    }

    void tell(final Membership membership, final long nowNs) {
        final long listenedNs = signs.listenedNs();
        if (listenedNs != LanSigns.NEVER) {
            membership.onLan(signs.signNs(), listenedNs, signs.unanswered(), signs.gone(), nowNs);
            final MembershipStatus.LanStatus now = membership.lanStatus(nowNs);
            if (now.lost() != lost) {
                lost = now.lost();
                say(now);
            }
        }
    }

    private static void say(final MembershipStatus.LanStatus now) {
        if (now.lost()) {
            LOG.warn("the clients' LAN is lost: {}", now.gone() ? "the device carries nothing"
                : "no other station was heard for " + now.signAgeNs() / 1_000_000 + " ms, though asked");
        } else {
            LOG.info("the clients' LAN is heard again");
        }
    }

    @Override
    public void close() {
        stations.close();
    }
}
