/** Fragments put together again, within limits; overlaps are refused. */
package io.holdfast.ip.reassembly;
