/**
 * The Linux TAP device, and what else has to be asked of the kernel directly (a thread's urgency, a process's lifeline), through
 * jffi; the only package that does.
 */
package io.holdfast.link.tap;
