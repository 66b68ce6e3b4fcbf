package io.holdfast.counters;

/** What one counter is. Implemented by one enum a component, whose ids do not overlap; ids are stable for readers. */
public interface CounterDescriptor {
    /** Stable number, the counter's place in the file that other processes read. */
    int id();

    /** Short dotted label, with the RFC 4022 or RFC 4293 name where there is one. */
    String label();

    /** One sentence. */
    String meaning();
}
