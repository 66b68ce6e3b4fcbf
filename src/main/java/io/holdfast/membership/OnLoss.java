package io.holdfast.membership;

/** What a primary does without its backup: {@code replication.on_loss}. */
public enum OnLoss {
    /** Goes on alone where it is safe: by proof, or on silence if the clients' LAN was heard all the time. */
    SOLO,
    /** Waits for a new backup; nothing departs. */
    BLOCK,
    /** As {@link #SOLO}, and on silence also if it knows nothing of the LAN: with both paths cut, both hosts go on. */
    SOLO_ON_SILENCE
}
