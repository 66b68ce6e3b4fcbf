package io.holdfast.membership.sim;

import io.holdfast.membership.Witness;

/** A register beyond the switch: what it is asked is decided when the question arrives, and answered when it can be. */
final class ThirdParty {
    private static final long RETRY_NS = 20_000_000;

    private final Cluster cluster;
    private long epoch;

    ThirdParty(final Cluster cluster) {
        this.cluster = cluster;
    }

    Witness of(final Host host) {
        return new Witness() {
            @Override
            public boolean isThirdParty() {
                return true;
            }

            @Override
            public Verdict claim(final long expectedEpoch, final long wanted, final long node, final long nowNs) {
                ask(host, host.incarnation(), expectedEpoch, wanted);
                return Verdict.PENDING;
            }

            @Override
            public long recordedEpoch() {
                return epoch;
            }
        };
    }

    private void ask(final Host host, final long process, final long expected, final long wanted) {
        cluster.events.after(cluster.random.nextLong(100_000, 3_000_000), () -> {
            if (host.incarnation() != process || !host.isRunning()) {
                return;
            }
            if (host.lanCut || !host.answers()) {
                cluster.events.after(RETRY_NS, () -> ask(host, process, expected, wanted));
                return;
            }
            final boolean granted = epoch == expected;
            if (granted) {
                epoch = wanted;
            }
            answer(host, process, wanted, granted);
        });
    }

    private void answer(final Host host, final long process, final long wanted, final boolean granted) {
        cluster.events.after(cluster.random.nextLong(100_000, 3_000_000), () -> {
            if (host.incarnation() == process && host.isRunning()) {
                if (host.lanCut || !host.answers()) {
                    cluster.events.after(RETRY_NS, () -> answer(host, process, wanted, granted));
                } else {
                    host.onWitness(wanted, granted);
                }
            }
        });
    }
}
