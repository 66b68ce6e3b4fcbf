/**
 * What has to be asked of Linux directly: the C library's calls and the kernel's numbers, a thread's urgency and stack, a
 * process's lifeline; through jnr-ffi, which nothing else uses. Any thread, unless a method says otherwise.
 *
 * <p>{@link io.holdfast.os.LibC} and {@link io.holdfast.os.Linux} are for {@code link.tap} and for this package. What may not
 * live here: a device, a frame, and anything that knows another package of Holdfast, {@code util} apart.
 */
package io.holdfast.os;
