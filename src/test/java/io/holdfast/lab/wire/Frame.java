package io.holdfast.lab.wire;

/**
 * A frame as captured.
 *
 * @param timeNs         since 1970
 * @param port           which of the capture's interfaces saw it, from 0
 * @param data           what was kept of it
 * @param originalLength its bytes on the wire
 */
record Frame(long timeNs, int port, byte[] data, int originalLength) {
}
