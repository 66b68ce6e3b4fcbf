package io.holdfast.conformance.packet;

/** Flags of a segment as packetdrill writes them. */
public final class TcpFlags {
    public static final int FIN = 1;
    public static final int SYN = 2;
    public static final int RST = 4;
    public static final int PSH = 8;
    public static final int ACK = 16;
    private static final String LETTERS = "FSRP.UEW";
    private static final String SHOWN = "SFRPUEW.";

    private TcpFlags() {
    }

    /** Letters to bits; {@code -} means none. */
    public static int parse(final String letters) {
        int bits = 0;
        for (int i = 0; i < letters.length(); i++) {
            final int bit = LETTERS.indexOf(letters.charAt(i));
            if (bit >= 0) {
                bits |= 1 << bit;
            } else if (letters.charAt(i) != '-') {
                throw new IllegalArgumentException("no such flag: " + letters.charAt(i));
            }
        }
        return bits;
    }

    public static String show(final int bits) {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < SHOWN.length(); i++) {
            if ((bits & 1 << LETTERS.indexOf(SHOWN.charAt(i))) != 0) {
                text.append(SHOWN.charAt(i));
            }
        }
        return text.length() == 0 ? "-" : text.toString();
    }
}
