package io.holdfast.ops;

/** Writes one JSON text, in one line. One thread. */
final class Json {
    private final StringBuilder text = new StringBuilder(1_024);
    private boolean first = true;

    /** Begins an object: the whole, or an element of an array. */
    Json object() {
        separate();
        return open('{');
    }

    Json object(final String name) {
        return name(name).open('{');
    }

    Json array(final String name) {
        return name(name).open('[');
    }

    Json end() {
        return close('}');
    }

    Json endArray() {
        return close(']');
    }

    /** null is written as null. */
    Json put(final String name, final String value) {
        name(name);
        if (value == null) {
            text.append("null");
        } else {
            string(value);
        }
        return this;
    }

    Json put(final String name, final boolean value) {
        name(name).text.append(value);
        return this;
    }

    Json put(final String name, final long value) {
        name(name).text.append(value);
        return this;
    }

    /** A number that is not known if it is negative: then null. */
    Json known(final String name, final long value) {
        return value < 0 ? put(name, null) : put(name, value);
    }

    /** Nanoseconds as milliseconds; null if negative. */
    Json ms(final String name, final long ns) {
        if (ns < 0) {
            return put(name, null);
        }
        name(name).text.append(ns / 1_000_000).append('.').append(String.format("%03d", ns / 1_000 % 1_000));
        return this;
    }

    @Override
    public String toString() {
        return text.append('\n').toString();
    }

    private Json open(final char bracket) {
        text.append(bracket);
        first = true;
        return this;
    }

    private Json close(final char bracket) {
        text.append(bracket);
        first = false;
        return this;
    }

    private Json name(final String name) {
        separate();
        string(name);
        text.append(':');
        return this;
    }

    private void separate() {
        if (!first) {
            text.append(',');
        }
        first = false;
    }

    private void string(final String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            final char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < ' ') {
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        text.append('"');
    }
}
