package io.holdfast.app.sample;

/**
 * The request of a Range header (RFC 9110 14.1.2, 14.2): one range of bytes, or none that this server serves.
 * Several ranges at once are answered, as the RFC allows, with the whole file.
 *
 * @param kind  how to answer
 * @param first offset of the first byte; 0 unless {@link Kind#PARTIAL}
 * @param last  offset of the last byte, inclusive
 */
record ByteRange(Kind kind, long first, long last) {
    enum Kind {
        /** 200 and the whole file. */
        WHOLE,
        /** 206 and the bytes first to last. */
        PARTIAL,
        /** 416. */
        UNSATISFIABLE
    }

    private static final String UNIT = "bytes=";

    /**
     * @param header     the field's value, or null if there was none
     * @param sizeBytes  the file's size
     */
    static ByteRange parse(final String header, final long sizeBytes) {
        final ByteRange whole = new ByteRange(Kind.WHOLE, 0, sizeBytes - 1);
        if (header == null || !header.regionMatches(true, 0, UNIT, 0, UNIT.length()) || header.indexOf(',') >= 0) {
            return whole;
        }
        final String spec = header.substring(UNIT.length()).trim();
        final int dash = spec.indexOf('-');
        if (dash < 0) {
            return whole;
        }
        final long from = number(spec.substring(0, dash));
        final long to = number(spec.substring(dash + 1));
        if (dash == 0) {
            return to < 0 ? whole : suffix(to, sizeBytes);
        }
        final boolean open = dash == spec.length() - 1;
        if (from < 0 || !open && to < from) {
            return whole; // a range that is not valid is ignored
        }
        if (from >= sizeBytes) {
            return new ByteRange(Kind.UNSATISFIABLE, 0, 0);
        }
        return new ByteRange(Kind.PARTIAL, from, open ? sizeBytes - 1 : Math.min(to, sizeBytes - 1));
    }

    long length() {
        return last - first + 1;
    }

    private static ByteRange suffix(final long wanted, final long sizeBytes) {
        if (wanted == 0 || sizeBytes == 0) {
            return new ByteRange(Kind.UNSATISFIABLE, 0, 0);
        }
        return new ByteRange(Kind.PARTIAL, Math.max(0, sizeBytes - wanted), sizeBytes - 1);
    }

    /** Parses digits only; returns -1 for anything else, and the largest long for a number that does not fit. */
    private static long number(final String digits) {
        if (digits.isEmpty()) {
            return -1;
        }
        long value = 0;
        for (int i = 0; i < digits.length(); i++) {
            final int digit = digits.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value > (Long.MAX_VALUE - digit) / 10 ? Long.MAX_VALUE : value * 10 + digit;
        }
        return value;
    }
}
