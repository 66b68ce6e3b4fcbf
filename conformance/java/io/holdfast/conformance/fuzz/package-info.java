/** Differential fuzzing: generated sequences of packets and calls, treated by the stack and by the kernel. */
package io.holdfast.conformance.fuzz;
