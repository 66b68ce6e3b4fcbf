package io.holdfast.lab.wire;

/** Rules checked on the wire. */
public enum Rule {
    /**
     * Nothing is acknowledged that the backup has not acknowledged to have stored; and a host that takes over acknowledges at
     * least what was acknowledged before.
     */
    O1("stored before acknowledged"),
    /** A byte once sent has the same value at the same offset for ever, and is not sent before the stored log allows it. */
    O2("one value an offset"),
    /** The window's right edge and the timestamp never go back; the edge stays within what the stored log allows. */
    O3("edge and timestamp never go back"),
    /**
     * No reset and no FIN that is not in the stored log; no moving FIN; acknowledgements never go back, nor beyond what was sent.
     */
    O4("no reset, no false FIN or ACK"),
    /** One host speaks for the address; another only after it announced itself. */
    O5("one source"),
    /** Not the stack's fault: the capture misses what the check needs. */
    CAPTURE("the capture is complete");

    private final String meaning;

    Rule(final String meaning) {
        this.meaning = meaning;
    }

    public String meaning() {
        return meaning;
    }
}
