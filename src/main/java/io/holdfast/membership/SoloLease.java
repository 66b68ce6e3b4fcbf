package io.holdfast.membership;

import io.holdfast.util.Deadline;

/**
 * Until when a host that leads alone may speak. Another host starts from nothing once it has heard the LAN for {@link
 * MembershipConfig#aloneMs}, and no owner. So an owner that heard neither another host nor the LAN for nearly as long, or did not
 * run, falls silent, and speaks again only after it has listened: a claim would have come. With a third party, what counts is
 * that it, or a peer that follows, was in touch (decision 5, W4).
 */
final class SoloLease {
    private final MembershipConfig config;
    private final Roster roster;
    private final LanMonitor lan;
    private final Self self;
    private long untilNs = Self.NEVER;
    /** Since when somebody is heard again; {@link Deadline#NONE} while nobody is. */
    private long heardFromNs = Deadline.NONE;

    SoloLease(final Self self, final Roster roster, final LanMonitor lan) {
        this.self = self;
        config = self.config;
        this.roster = roster;
        this.lan = lan;
    }

    void begin(final long nowNs) {
        untilNs = nowNs + lengthNs();
        heardFromNs = nowNs;
    }

    /** Time has passed: extends the lease if that may be. */
    void renew(final long nowNs) {
        if (!lan.isConnected() && !roster.isAnybodyLive(nowNs)) {
            heardFromNs = Deadline.NONE;
            return;
        }
        final boolean lapsed = Deadline.expired(untilNs, nowNs);
        if (heardFromNs == Deadline.NONE || lapsed && heardFromNs < untilNs) {
            heardFromNs = nowNs;
        }
        if (!lapsed || nowNs - heardFromNs >= config.detectNs() + config.soloNs()) {
            untilNs = nowNs + lengthNs();
        }
    }

    long untilNs() {
        if (config.aloneNs() == Deadline.NONE) {
            return Long.MAX_VALUE;
        }
        if (config.witness().isThirdParty()) {
            final long heardNs = Math.max(self.followedNs, config.witness().confirmedNs(self.epoch));
            return heardNs == Self.NEVER ? Self.NEVER : heardNs + lengthNs();
        }
        return lan.isUsed() ? untilNs : Long.MAX_VALUE;
    }

    private long lengthNs() {
        return config.aloneNs() == Deadline.NONE ? 0 : config.aloneNs() - config.detectNs();
    }
}
