/**
 * Descriptors of all counters (id, label, meaning), one enum a component, and the write side. A new counter goes to the end of
 * its enum, since its place is its id; {@code src/docs/COUNTERS.md} is made from the enums. Readers live in ops.
 */
package io.holdfast.counters;
