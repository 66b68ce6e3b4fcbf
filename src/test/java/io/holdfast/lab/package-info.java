/** Holdfast in the lab: the packaged jar and unmodified servers on a TAP device, clients that are the kernel's own. */
package io.holdfast.lab;
