package io.holdfast.conformance.packet;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One TCP option.
 *
 * @param name as scripts call it: mss, wscale, sackOK, sack, TS, nop, eol, or raw
 * @param values unsigned: MSS; shift; none; edges of blocks by turns; value and echo; for raw every byte, kind and length
 *               included
 */
public record TcpOption(String name, List<Long> values) {
    static final int MAX_BYTES = 40;

    public static TcpOption of(final String name, final Long... values) {
        return new TcpOption(name, Arrays.asList(values));
    }

    public boolean is(final String other) {
        return name.equals(other);
    }

    /** Options of a header; a malformed one ends the list as {@code raw}. */
    static List<TcpOption> parse(final ByteBuffer bytes) {
        final List<TcpOption> options = new ArrayList<>();
        while (bytes.hasRemaining()) {
            final int kind = bytes.get() & 0xFF;
            if (kind == 0) {
                options.add(of("eol"));
                return options;
            }
            if (kind == 1) {
                options.add(of("nop"));
                continue;
            }
            final int length = bytes.hasRemaining() ? bytes.get() & 0xFF : 0;
            if (length < 2 || length - 2 > bytes.remaining()) {
                options.add(of("raw", (long) kind, (long) length));
                return options;
            }
            final ByteBuffer value = bytes.slice().limit(length - 2);
            bytes.position(bytes.position() + length - 2);
            options.add(parse(kind, length, value));
        }
        return options;
    }

    private static TcpOption parse(final int kind, final int length, final ByteBuffer value) {
        if (kind == 2 && length == 4) {
            return of("mss", value.getShort() & 0xFFFFL);
        }
        if (kind == 3 && length == 3) {
            return of("wscale", value.get() & 0xFFL);
        }
        if (kind == 4 && length == 2) {
            return of("sackOK");
        }
        if (kind == 8 && length == 10) {
            return of("TS", value.getInt() & 0xFFFF_FFFFL, value.getInt() & 0xFFFF_FFFFL);
        }
        final List<Long> values = new ArrayList<>();
        if (kind == 5 && length % 8 == 2) {
            while (value.hasRemaining()) {
                values.add(value.getInt() & 0xFFFF_FFFFL);
            }
            return new TcpOption("sack", values);
        }
        values.add((long) kind);
        values.add((long) length);
        while (value.hasRemaining()) {
            values.add(value.get() & 0xFFL);
        }
        return new TcpOption("raw", values);
    }

    /** Bytes of a list, padded to words with zeros. */
    static byte[] bytes(final List<TcpOption> options) {
        final ByteBuffer bytes = ByteBuffer.allocate(256);
        options.forEach(option -> option.write(bytes));
        while (bytes.position() % 4 != 0) {
            bytes.put((byte) 0);
        }
        if (bytes.position() > MAX_BYTES) {
            throw new IllegalArgumentException("options of " + bytes.position() + " bytes");
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    private void write(final ByteBuffer to) {
        switch (name) {
            case "eol" -> to.put((byte) 0);
            case "nop" -> to.put((byte) 1);
            case "mss" -> to.put((byte) 2).put((byte) 4).putShort(values.get(0).shortValue());
            case "wscale" -> to.put((byte) 3).put((byte) 3).put(values.get(0).byteValue());
            case "sackOK" -> to.put((byte) 4).put((byte) 2);
            case "sack" -> {
                to.put((byte) 5).put((byte) (2 + 4 * values.size()));
                values.forEach(edge -> to.putInt(edge.intValue()));
            }
            case "TS" -> to.put((byte) 8).put((byte) 10).putInt(values.get(0).intValue()).putInt(values.get(1).intValue());
            case "raw" -> values.forEach(value -> to.put(value.byteValue()));
            default -> throw new IllegalArgumentException("no such option: " + name);
        }
    }

    /** As scripts write it. */
    @Override
    public String toString() {
        return switch (name) {
            case "TS" -> "TS val " + values.get(0) + " ecr " + values.get(1);
            case "raw" -> "raw " + values.stream().map(v -> String.format("%02x", v)).collect(Collectors.joining());
            case "sack" -> {
                final StringBuilder text = new StringBuilder(name);
                for (int i = 0; i + 1 < values.size(); i += 2) {
                    text.append(' ').append(values.get(i)).append(':').append(values.get(i + 1));
                }
                yield text.toString();
            }
            default -> values.isEmpty() ? name : name + " " + values.get(0);
        };
    }
}
