package io.holdfast.conformance.script;

import io.holdfast.conformance.packet.TcpFlags;
import io.holdfast.conformance.packet.TcpOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads packets: packetdrill's notation, and behind it, where a test needs them, {@code bad_checksum}, {@code port N} (another
 * peer port, so another connection), {@code fragments BYTES overlap N [0 2 1]} (the packet cut up, every piece with the
 * last N bytes of the one before it; which pieces go, in which order) and {@code fill N} (what every byte of data is).
 */
final class PacketParser {
    private static final Pattern TCP = Pattern.compile("(?:\\[(?<ecn>\\w+)\\]\\s*)?(?<flags>[SFRPEWU.\\-]+)\\s+(?<seq>\\d+):"
        + "(?<end>\\d+)\\((?<length>\\d+)\\)(?:\\s+ack\\s+(?<ack>\\d+))?(?:\\s+win\\s+(?<win>\\d+))?(?:\\s+urg\\s+(?<urg>\\d+))?"
        + "(?:\\s*<(?<options>[^>]*)>)?(?<bad>\\s+bad_checksum)?(?:\\s+port\\s+(?<port>\\d+))?"
        + "(?:\\s+fragments\\s+(?<fragment>\\d+)(?:\\s+overlap\\s+(?<overlap>\\d+))?(?:\\s*\\[(?<order>[\\d ]*)\\])?)?(?:\\s+fill\\s+(?<fill>\\d+))?\\s*", Pattern.DOTALL);
    private static final Pattern ICMP = Pattern.compile(
        "icmp (?<what>\\w+)(?: (?<code>[a-z_]\\w*))?(?: mtu (?<mtu>\\d+))?\\s*\\[(?<seq>\\d+):\\d+\\(\\d+\\)\\]\\s*");
    private static final Map<String, Integer> UNREACHABLE = Map.of("net_unreachable", 0, "host_unreachable", 1,
        "protocol_unreachable", 2, "port_unreachable", 3, "frag_needed", 4, "source_route_failed", 5, "admin_prohibited", 13);
    private static final Map<String, Integer> ECN = Map.of("noecn", 0, "ect1", 1, "ect0", 2, "ce", 3);

    private PacketParser() {
    }

    static TcpSpec tcp(final String text) {
        final Matcher m = TCP.matcher(text);
        if (!m.matches()) {
            throw new ScriptException("cannot read the packet " + text);
        }
        final long seq = Long.parseLong(m.group("seq"));
        final int length = Integer.parseInt(m.group("length"));
        if ((Long.parseLong(m.group("end")) - seq & 0xFFFF_FFFFL) != length) {
            throw new ScriptException("the length is not the difference of the sequence numbers");
        }
        final int flags = TcpFlags.parse(m.group("flags"));
        if ((flags & TcpFlags.ACK) != 0 && m.group("ack") == null) {
            throw new ScriptException("what does it acknowledge?");
        }
        final Integer tos = m.group("ecn") == null ? null : ECN.get(m.group("ecn"));
        if (tos == null && m.group("ecn") != null) {
            throw new ScriptException("no such ECN mark: " + m.group("ecn"));
        }
        return new TcpSpec(flags, seq, length, m.group("ack") == null ? null : Long.valueOf(m.group("ack")),
            integer(m, "win"), integer(m, "urg"), tos, options(m.group("options")), m.group("bad") != null, integer(m, "port"),
            fragments(m), integer(m, "fill"));
    }

    private static Integer integer(final Matcher m, final String group) {
        return m.group(group) == null ? null : Integer.valueOf(m.group(group));
    }

    private static TcpSpec.Fragments fragments(final Matcher m) {
        if (m.group("fragment") == null) {
            return null;
        }
        final List<Integer> order = m.group("order") == null ? null
            : Arrays.stream(m.group("order").trim().split("\\s+")).map(Integer::valueOf).toList();
        final Integer overlap = integer(m, "overlap");
        return new TcpSpec.Fragments(Integer.parseInt(m.group("fragment")), overlap == null ? 0 : overlap, order);
    }

    private static List<TcpOption> options(final String text) {
        final List<TcpOption> options = new ArrayList<>();
        if (text == null) {
            return options;
        }
        if (text.trim().equals("...")) {
            return null;
        }
        for (final String part : text.split(",")) {
            if (!part.isBlank()) {
                options.add(option(part.trim().split("\\s+")));
            }
        }
        return options;
    }

    private static TcpOption option(final String[] words) {
        return switch (words[0]) {
            case "mss", "wscale" -> TcpOption.of(words[0], Long.valueOf(words[1]));
            case "TS" -> TcpOption.of("TS", Long.valueOf(words[2]), Long.valueOf(words[4]));
            case "nop", "eol", "sackOK" -> TcpOption.of(words[0]);
            case "sack" -> {
                final List<Long> edges = new ArrayList<>();
                for (int i = 1; i < words.length; i++) {
                    for (final String edge : words[i].split(":")) {
                        edges.add(Long.valueOf(edge));
                    }
                }
                yield new TcpOption("sack", edges);
            }
            case "raw" -> {
                final List<Long> bytes = new ArrayList<>();
                for (int i = 0; i < words[1].length(); i += 2) {
                    bytes.add(Long.valueOf(words[1].substring(i, i + 2), 16));
                }
                yield new TcpOption("raw", bytes);
            }
            default -> throw new ScriptException("no such option: " + words[0]);
        };
    }

    static IcmpSpec icmp(final String text) {
        final Matcher m = ICMP.matcher(text);
        if (!m.matches()) {
            throw new ScriptException("cannot read the error " + text);
        }
        final int mtu = m.group("mtu") == null ? 0 : Integer.parseInt(m.group("mtu"));
        final long seq = Long.parseLong(m.group("seq"));
        return switch (m.group("what")) {
            case "unreachable" -> {
                final Integer code = UNREACHABLE.get(String.valueOf(m.group("code")));
                if (code == null) {
                    throw new ScriptException("no such code: " + m.group("code"));
                }
                yield new IcmpSpec(3, code, mtu, seq);
            }
            case "source_quench" -> new IcmpSpec(4, 0, 0, seq);
            case "time_exceeded" -> new IcmpSpec(11, 0, 0, seq);
            case "parameter_problem" -> new IcmpSpec(12, 0, 0, seq);
            default -> throw new ScriptException("no such error: " + m.group("what"));
        };
    }
}
