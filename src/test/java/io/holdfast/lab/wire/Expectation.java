package io.holdfast.lab.wire;

/**
 * Expectations that a capture is checked against.
 *
 * @param serverIp    the protected address
 * @param switches    how often it should have moved to another host; -1 for any number
 * @param headersOnly the capture was made without payload, on purpose: O2 is not checked
 */
public record Expectation(int serverIp, int switches, boolean headersOnly) {
    /** The lab's service address, any number of switches, payload wanted. */
    public static final Expectation DEFAULT = new Expectation(ip("10.77.0.100"), -1, false);

    public Expectation withSwitches(final int number) {
        return new Expectation(serverIp, number, headersOnly);
    }

    /** An address of four decimal numbers. */
    static int ip(final String text) {
        if (!text.matches("\\d{1,3}(\\.\\d{1,3}){3}")) {
            throw new IllegalArgumentException("not an IPv4 address: " + text);
        }
        int address = 0;
        for (final String part : text.split("\\.")) {
            final int octet = Integer.parseInt(part);
            if (octet > 255) {
                throw new IllegalArgumentException("not an IPv4 address: " + text);
            }
            address = address << 8 | octet;
        }
        return address;
    }

    static String text(final int ip) {
        return (ip >>> 24) + "." + (ip >>> 16 & 0xFF) + "." + (ip >>> 8 & 0xFF) + "." + (ip & 0xFF);
    }
}
