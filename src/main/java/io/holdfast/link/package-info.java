/** The device interface: frames in, frames out, sleep and wake-up, capabilities. No protocol lives here. */
package io.holdfast.link;
