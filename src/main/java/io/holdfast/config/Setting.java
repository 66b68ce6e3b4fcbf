package io.holdfast.config;

import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * One key of the configuration.
 *
 * @param key     as in the file; {@code holdfast.} before it as a system property
 * @param allowed what values may be, for messages
 * @param set     parses and sets; throws {@link IllegalArgumentException} if the text is no such value
 * @param show    the value as text
 */
record Setting(String key, String allowed, BiConsumer<StackConfig, String> set, Function<StackConfig, Object> show) {

    void apply(final StackConfig config, final String text) {
        try {
            set.accept(config, text.trim());
        } catch (final IllegalArgumentException e) {
            throw new IllegalArgumentException(key + " = " + text + ": allowed is " + allowed, e);
        }
    }

    /** A whole number within bounds. */
    static long number(final String text, final long min, final long max) {
        final String digits = text.replace("_", "");
        long unit = 1;
        String body = digits;
        if (!digits.isEmpty()) {
            unit = switch (Character.toLowerCase(digits.charAt(digits.length() - 1))) {
                case 'k' -> 1L << 10;
                case 'm' -> 1L << 20;
                case 'g' -> 1L << 30;
                default -> 1;
            };
            body = unit == 1 ? digits : digits.substring(0, digits.length() - 1);
        }
        try {
            final long value = Math.multiplyExact(Long.parseLong(body), unit);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (final ArithmeticException e) {
            // too large for any setting
        }
        throw new IllegalArgumentException("not between " + min + " and " + max);
    }

    static double decimal(final String text, final double min, final double max) {
        final double value = Double.parseDouble(text);
        if (!(value >= min && value <= max)) {
            throw new IllegalArgumentException("not between " + min + " and " + max);
        }
        return value;
    }

    static boolean flag(final String text) {
        return switch (text.toLowerCase(java.util.Locale.ROOT)) {
            case "true", "on", "yes", "1" -> true;
            case "false", "off", "no", "0" -> false;
            default -> throw new IllegalArgumentException("neither true nor false");
        };
    }

    static <E extends Enum<E>> E choice(final Class<E> type, final String text) {
        return Enum.valueOf(type, text.toUpperCase(java.util.Locale.ROOT));
    }
}
