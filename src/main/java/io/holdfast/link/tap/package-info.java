/**
 * The Linux TAP device, and what else has to be asked of the kernel directly (a thread's urgency and stack, a process's lifeline), through
 * jnr-ffi; the only package that does.
 */
package io.holdfast.link.tap;
