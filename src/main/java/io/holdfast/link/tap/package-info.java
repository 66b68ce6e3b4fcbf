/**
 * The Linux TAP device: opening it, its offload header, frames in and out, and the sleep that a frame or a wake-up ends.
 *
 * <p>What may not live here: a bound native function (os has them), and what a frame carries.
 */
package io.holdfast.link.tap;
