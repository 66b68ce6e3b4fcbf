/**
 * Wire formats in two levels: views over Agrona buffers whose bounds are checked once, and validated values read from
 * them. Nothing above handles offsets of header fields. Depends on {@code util} alone.
 */
package io.holdfast.wire;
