package io.holdfast.conformance.run;

import io.holdfast.conformance.packet.ReceivedPacket;

/** A packet that the stack sent, and when. */
record Departure(long sentUs, ReceivedPacket packet) {
}
