package io.holdfast.failover;

import io.holdfast.membership.Witness;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says once when the third party is not reached any more, and when it is again. The replicator's thread. */
final class WitnessWatch {
    private static final Logger LOG = LoggerFactory.getLogger(WitnessWatch.class);

    private final Witness witness;
    /** Since when it is as it is, and not said; a process that starts gives it as much time as it has itself. */
    private long sinceNs;
    private boolean reached = true;
    private final long patienceNs;

    /** @param patienceNs so long it may be away before it is said */
    WitnessWatch(final Witness witness, final long patienceNs, final long nowNs) {
        this.witness = witness;
        this.patienceNs = patienceNs;
        sinceNs = nowNs;
    }

    void look(final long nowNs) {
        if (witness.isReached(nowNs) == reached) {
            sinceNs = nowNs;
            return;
        }
        final Witness.Status status = witness.status(nowNs);
        if (!reached) {
            reached = true;
            LOG.info("the third party {} answers again", status.name());
        } else if (nowNs - sinceNs >= patienceNs) {
            reached = false;
            LOG.warn("the third party {} does not answer: {}; nothing changes while both hosts live, and none can take over or go on "
                + "alone until it does", status.name(), status.text());
        }
    }
}
