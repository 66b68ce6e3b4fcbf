/** Readers: counters, listing, capture, status. Nothing depends on it. */
package io.holdfast.ops;
