package io.holdfast.counters;

/** Describes one counter. Each component has one enum of them. Ids do not overlap and are stable for readers. */
public interface CounterDescriptor {
    /** Stable number, the counter's place in the file that other processes read. */
    int id();

    /** Short dotted label, with the RFC 4022 or RFC 4293 name where there is one. */
    String label();

    /** Returns the counter's meaning in one sentence. */
    String meaning();
}
