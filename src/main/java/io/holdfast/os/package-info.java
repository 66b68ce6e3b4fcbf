/**
 * Native calls to Linux: the C library's calls and the kernel's numbers, a thread's priority and stack, a process's lifeline.
 * They go through jnr-ffi, which no other package uses. Any thread, unless a method says otherwise.
 *
 * <p>{@link io.holdfast.os.LibC} and {@link io.holdfast.os.Linux} are for {@code link.tap} and for this package. What may not
 * live here: a device, a frame, and code that knows another package of Holdfast, except {@code util}.
 */
package io.holdfast.os;
