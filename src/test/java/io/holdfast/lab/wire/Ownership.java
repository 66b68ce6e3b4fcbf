package io.holdfast.lab.wire;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which host has the protected address (O5). The first to speak has it; another gets it by announcing itself, and
 * whoever had it before must then be silent, unless it announces itself again.
 */
final class Ownership {
    private final Violations violations;
    private final List<SwitchWatch> switches = new ArrayList<>();
    private final Set<Long> announcedMacs = new LinkedHashSet<>();
    private final Set<Source> speakers = new LinkedHashSet<>();
    private Source owner;
    private int announcements;

    Ownership(final Violations violations) {
        this.violations = violations;
    }

    void onArp(final ArpMessage message) {
        announcedMacs.add(message.senderMac());
        speakers.add(message.source());
        if (message.isAnnouncement()) {
            announcements++;
            if (owner != null && !owner.equals(message.source())) {
                switches.add(new SwitchWatch(message.timeNs(), owner, message.source()));
            }
            owner = message.source();
        } else if (owner == null) {
            owner = message.source();
        } else if (!owner.equals(message.source()) && !isBehindTheTimes(message)) {
            violations.add(Rule.O5, message.timeNs(), "",
                message.source() + " answers or asks by ARP for an address that " + owner + " has");
        }
    }

    /**
     * The host that had the address before cannot know of a switch behind a cut link; that it goes on telling the one
     * virtual hardware address, and nothing else, misleads nobody.
     */
    private boolean isBehindTheTimes(final ArpMessage message) {
        return !switches.isEmpty() && latest().isFrom(message.source()) && announcedMacs.size() == 1;
    }

    /**
     * Returns false for a late segment: one that its sender was stopped in sending when it still had the address. What a
     * process has begun to write, no other can call back; it must be the rest of one burst.
     */
    boolean onSegment(final Segment segment, final String connection) {
        speakers.add(segment.source);
        if (owner == null) {
            owner = segment.source;
        } else if (!owner.equals(segment.source)) {
            if (!switches.isEmpty() && latest().isLate(segment)) {
                return false;
            }
            violations.add(Rule.O5, segment.timeNs, connection,
                "a segment from " + segment.source + ", while " + owner + " has the address");
        }
        if (!switches.isEmpty()) {
            latest().onServerSegment(segment.timeNs);
        }
        return true;
    }

    /** null before the first switch. */
    SwitchWatch latest() {
        return switches.isEmpty() ? null : switches.get(switches.size() - 1);
    }

    List<SwitchWatch> switches() {
        return switches;
    }

    Set<Long> announcedMacs() {
        return announcedMacs;
    }

    Set<Source> speakers() {
        return speakers;
    }

    int announcements() {
        return announcements;
    }
}
