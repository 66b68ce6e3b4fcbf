/** The timer wheel: one entry a connection, at its earliest deadline. */
package io.holdfast.timer;
