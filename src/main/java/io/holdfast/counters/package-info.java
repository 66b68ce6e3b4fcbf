/** What is counted, by descriptor (id, label, meaning), and the write side. Readers live in ops. */
package io.holdfast.counters;
