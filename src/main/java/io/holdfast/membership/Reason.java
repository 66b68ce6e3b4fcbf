package io.holdfast.membership;

/** Why a role changed. Codes are the ordinals; new reasons go to the end. */
public enum Reason {
    STARTED("the process started"),
    PREFERRED("both nodes were empty, and this one is preferred"),
    ALONE("nobody answered, and this node may start alone"),
    FOUND_OWNER("the peer owns the service"),
    NAMED("the owner named this host: it is to be the backup"),
    SPARE("another host leads, and has a backup or names another one: this one waits"),
    CAUGHT_UP("the backup has stored all history"),
    IN_SYNC("the primary gates its output, and all that it released before is stored here"),
    PEER_DIED("the peer's kernel closed every path: its process is dead"),
    PEER_SILENT("the peer was silent on every path"),
    PEER_RESTARTED("the peer came back as another process"),
    PEER_GAVE_UP("the peer says that it is not the owner any more"),
    BACKUP_OUT("the backup says that it is not in sync any more"),
    DISMISSED("the primary goes on without this backup"),
    MISSED("records are missing here"),
    SESSION_LOST("the connection that brought the history broke"),
    HIGHER_EPOCH("the peer owns a higher epoch"),
    SAME_EPOCH("the peer owns the same epoch: both were started alone; the lower node id keeps it"),
    HANDED_OVER("the peer took over as planned"),
    HANDOVER("the primary handed over as planned"),
    EPOCH_RAISED("the peer knew of a higher epoch that nobody owns any more"),
    NOBODY_OWNS("the owner is gone, and neither node has all its state: both start from nothing"),
    WITNESS_REFUSED("the witness knows another owner"),
    OPERATOR("an operator said so");

    private final String sentence;

    Reason(final String sentence) {
        this.sentence = sentence;
    }

    /** For people. */
    public String sentence() {
        return sentence;
    }
}
