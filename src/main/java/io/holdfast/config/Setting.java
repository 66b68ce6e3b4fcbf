package io.holdfast.config;

import java.util.Locale;

/**
 * One key of the configuration. {@link SettingFields} knows its field.
 *
 * @param key     as in the file; {@code holdfast.} before it as a system property
 * @param kind    of value
 * @param allowed description of the allowed values, for messages
 * @param min     least, of a whole number
 * @param max     greatest, of a whole number or an amount
 */
record Setting(String key, Kind kind, String allowed, long min, long max) {
    /** Kinds of values. */
    enum Kind {
        TEXT, NUMBER, AMOUNT, FLAG
    }

    static Setting text(final String key, final String allowed) {
        return new Setting(key, Kind.TEXT, allowed, 0, 0);
    }

    static Setting number(final String key, final long min, final long max) {
        return new Setting(key, Kind.NUMBER, max == Long.MAX_VALUE ? "a whole number" + (min == 0 ? " from 0" : "")
            : "a whole number from " + min + " to " + max, min, max);
    }

    static Setting percent(final String key) {
        return new Setting(key, Kind.AMOUNT, "a percentage from 0 to 100", 0, 100);
    }

    static Setting milliseconds(final String key) {
        return new Setting(key, Kind.AMOUNT, "milliseconds from 0 to 60000", 0, 60_000);
    }

    static Setting flag(final String key) {
        return new Setting(key, Kind.FLAG, "true or false", 0, 0);
    }

    static Setting choice(final String key, final Enum<?>... values) {
        final StringBuilder allowed = new StringBuilder("one of ");
        for (final Enum<?> value : values) {
            allowed.append(value.ordinal() == 0 ? "" : ", ").append(lower(value));
        }
        return text(key, allowed.toString());
    }

    void apply(final StackConfig config, final String text) {
        try {
            final String value = text.trim();
            switch (kind) {
                case NUMBER -> SettingFields.set(config, key, wholeNumber(value, min, max));
                case AMOUNT -> SettingFields.set(config, key, decimal(value, min, max));
                case FLAG -> SettingFields.set(config, key, flagOf(value));
                default -> SettingFields.set(config, key, value);
            }
        } catch (final IllegalArgumentException e) {
            throw new IllegalArgumentException(key + " = " + text + ": allowed is " + allowed, e);
        }
    }

    /** The value as a file would have it. */
    String show(final StackConfig config) {
        return switch (kind) {
            case NUMBER -> Long.toString(SettingFields.number(config, key));
            case AMOUNT -> Double.toString(SettingFields.amount(config, key));
            case FLAG -> Boolean.toString(SettingFields.flag(config, key));
            default -> SettingFields.text(config, key);
        };
    }

    /** A whole number within bounds. */
    private static long wholeNumber(final String text, final long min, final long max) {
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

    private static double decimal(final String text, final double min, final double max) {
        final double value = Double.parseDouble(text);
        if (!(value >= min && value <= max)) {
            throw new IllegalArgumentException("not between " + min + " and " + max);
        }
        return value;
    }

    private static boolean flagOf(final String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "on", "yes", "1" -> true;
            case "false", "off", "no", "0" -> false;
            default -> throw new IllegalArgumentException("neither true nor false");
        };
    }

    static <E extends Enum<E>> E choice(final Class<E> type, final String text) {
        return Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
    }

    static String lower(final Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
