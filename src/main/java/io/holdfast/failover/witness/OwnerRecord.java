package io.holdfast.failover.witness;

import java.nio.charset.StandardCharsets;

/**
 * What is recorded: who owns which epoch. Written as text, so that an operator can read it with the register's own tools.
 *
 * @param epoch       0 if nothing is recorded
 * @param node        the owner's name, as configured
 * @param incarnation which process of it
 */
record OwnerRecord(long epoch, String node, long incarnation) {
    static final OwnerRecord NONE = new OwnerRecord(0, "", 0);
    private static final int FIELDS = 4;
    private static final String FORMAT = "holdfast-1";
    private static final int HEX = 16;

    byte[] encode() {
        return (FORMAT + " epoch=" + epoch + " process=" + Long.toHexString(incarnation) + " node=" + node).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * @return null if it is not a record: somebody else writes there
     */
    static OwnerRecord decode(final Register.Entry entry) {
        if (entry.version() == Register.ABSENT) {
            return NONE;
        }
        final String[] fields = new String(entry.bytes(), StandardCharsets.UTF_8).split(" ", FIELDS);
        try {
            if (fields.length < FIELDS || !fields[0].equals(FORMAT)) {
                return null;
            }
            final long epoch = Long.parseLong(value(fields[1], "epoch"));
            final long process = Long.parseUnsignedLong(value(fields[2], "process"), HEX);
            return epoch < 1 ? null : new OwnerRecord(epoch, value(fields[3], "node"), process);
        } catch (final NumberFormatException e) {
            return null;
        }
    }

    private static String value(final String field, final String name) {
        return field.startsWith(name + "=") ? field.substring(name.length() + 1) : "";
    }
}
