package io.holdfast.membership;

import io.holdfast.util.Deadline;

/**
 * Until when a host that leads alone may speak. Another host starts from nothing once it has heard the LAN for {@link
 * MembershipConfig#aloneMs}, and no owner. So an owner that heard neither its peer nor the LAN for nearly as long, or did not run, falls
 * silent, and speaks again only after it has listened: a claim would have come.
 */
final class SoloLease {
    private final MembershipConfig config;
    private final Links links;
    private final LanMonitor lan;
    private long untilNs = Self.NEVER;
    /** Since when somebody is heard again; {@link Deadline#NONE} while nobody is. */
    private long heardFromNs = Deadline.NONE;

    SoloLease(final MembershipConfig config, final Links links, final LanMonitor lan) {
        this.config = config;
        this.links = links;
        this.lan = lan;
    }

    void begin(final long nowNs) {
        untilNs = nowNs + lengthNs();
        heardFromNs = nowNs;
    }

    /** Time has passed: extends the lease if that may be. */
    void renew(final long nowNs) {
        if (!lan.isConnected() && !links.isAnyLive(nowNs)) {
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
        return config.aloneNs() == Deadline.NONE || !lan.isUsed() ? Long.MAX_VALUE : untilNs;
    }

    private long lengthNs() {
        return config.aloneNs() == Deadline.NONE ? 0 : config.aloneNs() - config.detectNs();
    }
}
