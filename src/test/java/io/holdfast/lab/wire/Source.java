package io.holdfast.lab.wire;

/**
 * Where a frame came from, as far as a bystander knows: the interface that saw it and its hardware address. Hosts that
 * share a protected address send from hardware addresses of their own.
 */
record Source(int port, long mac) {
    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder();
        for (int shift = 40; shift >= 0; shift -= 8) {
            text.append(text.isEmpty() ? "" : ":").append(String.format("%02x", mac >>> shift & 0xFF));
        }
        return port == 0 ? text.toString() : text + " at port " + port;
    }
}
