package io.holdfast.replication.channel;

import io.holdfast.counters.ChannelCounter;
import java.util.ArrayList;
import java.util.List;

/** What is known of the other hosts' names. Shared by the paths. */
final class PeerNames {
    private final List<PeerName> all = new ArrayList<>();

    PeerNames(final ChannelConfig config) {
        for (final PeerAddress other : config.others()) {
            all.add(new PeerName(all.size(), config.node(), other.node()));
        }
    }

    PeerName get(final int index) {
        return all.get(index);
    }

    int count() {
        return all.size();
    }

    /**
     * Whom a greeting is from.
     *
     * @param dialled the host that was dialled; null if it came by itself
     * @throws Refusal if it is none of those that are configured, or not the one that was dialled
     */
    PeerName greeted(final String name, final PeerName dialled) throws Refusal {
        for (final PeerName peer : all) {
            if (peer.mayBe(name) && (dialled == null || dialled == peer)) {
                peer.learn(name);
                return peer;
            }
        }
        throw new Refusal(ChannelCounter.REFUSED_NODE, "its name is '" + name + "', not "
            + (dialled == null ? all.size() == 1 ? "'" + all.get(0).configured() + "'" : "one of replication.peers"
            : "'" + dialled.configured() + "'"));
    }
}
