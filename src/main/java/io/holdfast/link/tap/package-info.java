/** The Linux TAP device, through jnr-ffi; the only package that calls the kernel directly. */
package io.holdfast.link.tap;
