package io.holdfast.conformance.robustness;

import java.util.Locale;

/** All targets; the name in small letters is that of the corpus. */
enum Targets {
    /** Frames with the TAP's offload header, through the whole stack, with an established connection. */
    FRAMES(new FrameTarget()),
    /** TCP headers and their options. */
    OPTIONS(new OptionsTarget()),
    /** Batches of the replication log. */
    REPLICATION(new ReplicationTarget()),
    /** Configuration files. */
    PROPERTIES(new PropertiesTarget());

    private final Target target;

    Targets(final Target target) {
        this.target = target;
    }

    Target target() {
        return target;
    }

    String directory() {
        return name().toLowerCase(Locale.ROOT);
    }
}
