package io.holdfast.wire;

/** The text forms of addresses: dotted IPv4, IPv6 by RFC 4291 2.2 (read) and RFC 5952 (written). Any thread. */
final class IpAddressText {
    private static final int GROUPS = 8;

    private IpAddressText() {
    }

    static IpAddress parse(final String text) {
        if (text.indexOf(':') < 0) {
            return IpAddress.ofV4(parseV4(text, text));
        }
        return parseV6(text);
    }

    private static int parseV4(final String part, final String whole) {
        final String[] octets = part.split("\\.", -1);
        if (octets.length != 4) {
            throw malformed(whole);
        }
        int address = 0;
        for (final String octet : octets) {
            address = address << 8 | number(octet, 3, 10, 255, whole);
        }
        return address;
    }

    private static IpAddress parseV6(final String text) {
        final int gap = text.indexOf("::");
        if (gap < 0) {
            final int[] groups = groups(text, text);
            if (groups.length != GROUPS) {
                throw malformed(text);
            }
            return join(groups);
        }
        if (text.indexOf("::", gap + 1) >= 0) {
            throw malformed(text);
        }
        final int[] left = groups(text.substring(0, gap), text);
        if (text.lastIndexOf('.', gap) >= 0) {
            throw malformed(text);
        }
        final int[] right = groups(text.substring(gap + 2), text);
        if (left.length + right.length >= GROUPS) {
            throw malformed(text);
        }
        final int[] groups = new int[GROUPS];
        System.arraycopy(left, 0, groups, 0, left.length);
        System.arraycopy(right, 0, groups, GROUPS - right.length, right.length);
        return join(groups);
    }

    private static int[] groups(final String part, final String whole) {
        if (part.isEmpty()) {
            return new int[0];
        }
        final String[] words = part.split(":", -1);
        if (words.length > GROUPS) {
            throw malformed(whole);
        }
        final boolean dotted = words[words.length - 1].indexOf('.') >= 0;
        final int[] groups = new int[words.length + (dotted ? 1 : 0)];
        for (int i = 0; i < words.length; i++) {
            if (dotted && i == words.length - 1) {
                final int v4 = parseV4(words[i], whole);
                groups[i] = v4 >>> 16;
                groups[i + 1] = v4 & 0xFFFF;
            } else {
                groups[i] = number(words[i], 4, 16, 0xFFFF, whole);
            }
        }
        return groups;
    }

    private static int number(
        final String digits, final int maxDigits, final int radix, final int maxValue, final String whole) {
        if (digits.isEmpty() || digits.length() > maxDigits) {
            throw malformed(whole);
        }
        int value = 0;
        for (int i = 0; i < digits.length(); i++) {
            final char c = digits.charAt(i);
            final int digit = c < 128 ? Character.digit(c, radix) : -1;
            if (digit < 0) {
                throw malformed(whole);
            }
            value = value * radix + digit;
        }
        // A leading zero is octal to some readers and decimal to others: refused, as inet_pton does.
        if (value > maxValue || radix == 10 && digits.length() > 1 && digits.charAt(0) == '0') {
            throw malformed(whole);
        }
        return value;
    }

    private static IpAddress join(final int[] groups) {
        long hi = 0;
        long lo = 0;
        for (int i = 0; i < 4; i++) {
            hi = hi << 16 | groups[i];
            lo = lo << 16 | groups[i + 4];
        }
        return new IpAddress(hi, lo);
    }

    private static IllegalArgumentException malformed(final String text) {
        return new IllegalArgumentException("not an IP address: '" + text + "'");
    }

    static String format(final long hi, final long lo) {
        if (IpAddress.isV4(hi, lo)) {
            return (lo >>> 24 & 0xFF) + "." + (lo >>> 16 & 0xFF) + "." + (lo >>> 8 & 0xFF) + "." + (lo & 0xFF);
        }
        // RFC 5952 4.2: the longest run of at least two zero groups, the first of equals, is written "::".
        int gapStart = -1;
        int gapLength = 1;
        for (int i = 0; i < GROUPS; i++) {
            int n = 0;
            while (i + n < GROUPS && group(hi, lo, i + n) == 0) {
                n++;
            }
            if (n > gapLength) {
                gapStart = i;
                gapLength = n;
            }
        }
        final StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < GROUPS; i++) {
            if (i == gapStart) {
                text.append("::");
                i += gapLength - 1;
            } else {
                if (i > 0 && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(group(hi, lo, i)));
            }
        }
        return text.toString();
    }

    private static int group(final long hi, final long lo, final int i) {
        return (int) ((i < 4 ? hi : lo) >>> (3 - (i & 3)) * 16) & 0xFFFF;
    }
}
