/**
 * Sequence arithmetic, deadlines, invariants, seeded randomness and keyed hashing. Knows nothing of networks; uses only the JDK.
 */
package io.holdfast.util;
