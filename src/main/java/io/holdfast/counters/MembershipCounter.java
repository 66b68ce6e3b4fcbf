package io.holdfast.counters;

/** Counters of the membership; ids from 464. Written by the replicator thread. */
public enum MembershipCounter implements CounterDescriptor {
    ROLE("membership.role",
        "This node's role now, by its code: 1 starting, 2 joining, 3 backup, 4 primary, 5 solo, 6 fenced."),
    EPOCH("membership.epoch", "The highest epoch known here."),
    ROLE_CHANGES("membership.roleChanges", "Changes of this node's role."),
    TAKEOVERS("membership.takeovers", "Times this node took over from its peer."),
    TAKEOVERS_REFUSED("membership.takeoversRefused",
        "Times this node, a backup that may have missed something, refused to take over."),
    TAKEOVERS_WITHOUT_LAN("membership.takeoversWithoutLan",
        "Times this node did not take over from a silent peer because it heard nothing from the LAN either."),
    SOLOS("membership.solos", "Times this node, a primary, went on without its backup."),
    FENCINGS("membership.fencings", "Times this node, an owner, had to fall silent."),
    JOINS("membership.joins", "Joins begun here."),
    CAUGHT_UP("membership.caughtUp", "Times a backup of this node's was in sync."),
    LEASE_LAPSES("membership.leaseLapses", "Times the lease of this node, a primary, ran out."),
    BACKUP_MISSED("membership.backupMissed", "Times records were missing here."),
    DISMISSALS("membership.dismissals", "Times this node told its backup that it is out."),
    SWITCHOVERS("membership.switchovers", "Planned switchovers begun here."),
    SWITCHOVERS_FAILED("membership.switchoversFailed", "Planned switchovers that came to nothing."),
    PAUSES("membership.pauses", "Times this process did not run for longer than a lease."),
    PATH_LOSSES("membership.pathLosses", "Times a path to the peer closed."),
    PATH_STALLS("membership.pathStalls", "Times an open path was silent for too long."),
    SENT("membership.sent", "Messages sent."),
    RECEIVED("membership.received", "Messages received and not refused."),
    REFUSED_MALFORMED("membership.refused.malformed", "Messages refused: too short, or with an impossible value."),
    REFUSED_VERSION("membership.refused.version", "Messages refused: of an unknown version."),
    REFUSED_CLUSTER("membership.refused.cluster", "Messages refused: of another cluster."),
    REFUSED_SELF("membership.refused.self", "Messages refused: from this node's own id."),
    REFUSED_RETIRED("membership.refused.retired", "Messages refused: from a process of the peer's that is gone."),
    REFUSED_EPOCH("membership.refused.epoch", "Claims refused and answered: of a lower epoch than ours."),
    LAN_LOSSES("membership.lanLosses", "Times no station was heard on the clients' LAN any more, or the device was gone."),
    DETECT_US("membership.detectUs", "After how long a silence, in microseconds, the peer counts as dead now."),
    FLAPPINGS("membership.flappings", "Times takeovers from a silent host followed each other within a minute."),
    WITNESS_CLAIMS("membership.witness.claims", "Times this node asked the third party for an epoch."),
    WITNESS_GRANTS("membership.witness.grants", "Times the third party recorded this node as an owner."),
    WITNESS_REFUSALS("membership.witness.refusals", "Times the third party knew another owner."),
    WITNESS_FAILURES("membership.witness.failures", "Times the third party did not answer, or could not be asked."),
    REFUSED_HOST("membership.refused.host", "Messages refused: from another host than the one that the connection belongs to."),
    NAMINGS("membership.namings", "Times this node, an owner, named another host as its backup to be (more than two hosts).");

    private static final int FIRST_ID = 464;
    private final String label;
    private final String meaning;

    MembershipCounter(final String label, final String meaning) {
        this.label = label;
        this.meaning = meaning;
    }

    @Override
    public int id() {
        return FIRST_ID + ordinal();
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public String meaning() {
        return meaning;
    }
}
