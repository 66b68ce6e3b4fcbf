package io.holdfast.conformance.script;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads scripts. */
public final class ScriptParser {
    private static final String TIME = "\\+?(?:\\d+\\.?\\d*|\\.\\d+)";
    private static final Pattern START =
        Pattern.compile("\\s*(?:(?<any>\\*)|(?<from>" + TIME + ")(?:\\s*(?<kind>~|\\.\\.\\.)\\s*(?<to>" + TIME + "))?)(?=[\\s<>%`]|$)");
    private static final Pattern SYSCTL = Pattern.compile("net\\.ipv4\\.(\\w+)=(\"[^\"]*\"|[^\\s`]+)");
    private static final Pattern CONFIG = Pattern.compile("config (tcp\\.\\w+)=([^\\s`]+)");
    private static final Pattern INITIAL_WINDOW = Pattern.compile("initcwnd (\\d+)");
    private static final Map<String, String> SYSCTLS = Map.of("tcp_delayed_ack", "tcp.delayed_ack", "tcp_timestamps",
        "tcp.timestamps", "tcp_sack", "tcp.sack", "tcp_ecn", "tcp.ecn", "tcp_congestion_control", "tcp.congestion",
        "tcp_slow_start_after_idle", "tcp.slow_start_after_idle", "tcp_window_scaling", "tcp.window_scaling");

    private final String name;
    private final Map<String, String> options = new LinkedHashMap<>();
    private final List<Event> events = new ArrayList<>();
    private String summary = "";

    private ScriptParser(final String name) {
        this.name = name;
    }

    public static Script parse(final Path file, final String name) throws IOException {
        return parse(Files.readString(file), name);
    }

    /**
     * @throws ScriptException says where and what
     */
    public static Script parse(final String text, final String name) {
        return new ScriptParser(name).read(text);
    }

    /** A step's lines, gathered until the next one begins. */
    private record Raw(int line, When when, StringBuilder rest) {
    }

    private Script read(final String text) {
        Raw current = null;
        int number = 0;
        for (final String whole : withoutBlockComments(text).split("\n", -1)) {
            number++;
            final boolean inBlock = current != null && isOpen(current.rest);
            final String line = inBlock ? whole : withoutComment(whole, number);
            if (inBlock) {
                current.rest.append('\n').append(line);
            } else if (line.strip().startsWith("--")) {
                final String[] option = line.strip().substring(2).split("=", 2);
                options.put(option[0].strip(), option.length > 1 ? option[1].strip() : "");
            } else if (!line.isBlank()) {
                current = step(line, number, current);
            }
        }
        finish(current);
        return new Script(name, summary, Map.copyOf(options), List.copyOf(events));
    }

    private Raw step(final String line, final int number, final Raw current) {
        final Matcher m = START.matcher(line);
        if (m.lookingAt()) {
            finish(current);
            return new Raw(number, when(m), new StringBuilder(line.substring(m.end()).strip()));
        }
        if (line.strip().startsWith("`")) {
            finish(current);
            return new Raw(number, When.NEXT, new StringBuilder(line.strip()));
        }
        if (current == null) {
            throw new ScriptException("this line continues nothing").at(name, number);
        }
        current.rest.append('\n').append(line.strip());
        return current;
    }

    private void finish(final Raw raw) {
        if (raw == null) {
            return;
        }
        try {
            final String rest = raw.rest.toString();
            events.add(new Event(raw.line, rest, raw.when, action(rest)));
        } catch (final ScriptException e) {
            throw e.at(name, raw.line);
        } catch (final IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new ScriptException(String.valueOf(e.getMessage())).at(name, raw.line);
        }
    }

    private static Action action(final String rest) {
        if (rest.startsWith("<")) {
            final String packet = rest.substring(1).strip();
            return packet.startsWith("icmp") ? new Action.IcmpIn(PacketParser.icmp(packet))
                : new Action.TcpIn(PacketParser.tcp(packet));
        }
        if (rest.startsWith(">")) {
            return new Action.TcpOut(PacketParser.tcp(rest.substring(1).strip()));
        }
        if (rest.startsWith("%{")) {
            return new Action.Assertions(assertions(rest.substring(2, rest.lastIndexOf("}%"))));
        }
        return rest.startsWith("`") ? new Action.Settings(settings(rest)) : CallParser.parse(rest);
    }

    private static List<Expression> assertions(final String text) {
        final List<Expression> conditions = new ArrayList<>();
        for (final String statement : text.split("[;\n]")) {
            if (statement.isBlank()) {
                continue;
            }
            if (!statement.strip().startsWith("assert ")) {
                throw new ScriptException("only assertions are understood: " + statement.strip());
            }
            // The message stands behind the comma, for readers who do not see the values otherwise.
            conditions.add(Expression.parse(statement.strip().substring(7).split(",")[0]));
        }
        return conditions;
    }

    private static Map<String, String> settings(final String text) {
        final Map<String, String> values = new LinkedHashMap<>();
        SYSCTL.matcher(text).results().forEach(m -> {
            final String value = m.group(2).replace("\"", "");
            if (m.group(1).equals("tcp_rmem")) {
                values.put("tcp.rcvbuf_max", value.trim().split("\\s+")[2]);
            } else if (SYSCTLS.containsKey(m.group(1))) {
                values.put(SYSCTLS.get(m.group(1)), value);
            } else {
                throw new ScriptException("no such setting: " + m.group(1));
            }
        });
        INITIAL_WINDOW.matcher(text).results().forEach(m -> values.put("tcp.initial_cwnd", m.group(1)));
        CONFIG.matcher(text).results().forEach(m -> values.put(m.group(1), m.group(2)));
        if (values.isEmpty()) {
            throw new ScriptException("this command sets nothing: " + text);
        }
        return values;
    }

    private static When when(final Matcher m) {
        if (m.group("any") != null) {
            return new When(When.Kind.ANY, true, 0, false, 0);
        }
        final String from = m.group("from");
        final String to = m.group("to");
        final When.Kind kind = to == null ? When.Kind.AT : m.group("kind").equals("~") ? When.Kind.BETWEEN : When.Kind.UNTIL;
        return new When(kind, from.startsWith("+"), us(from), to != null && to.startsWith("+"), to == null ? 0 : us(to));
    }

    private static long us(final String text) {
        return Math.round(Double.parseDouble(text.startsWith("+") ? text.substring(1) : text) * 1e6);
    }

    private static boolean isOpen(final StringBuilder rest) {
        final String text = rest.toString();
        return text.startsWith("%{") ? !text.contains("}%")
            : text.startsWith("`") && text.chars().filter(c -> c == '`').count() % 2 != 0;
    }

    private String withoutComment(final String line, final int number) {
        final int start = line.indexOf("//");
        if (start < 0) {
            return line;
        }
        if (number <= 3 && line.substring(0, start).isBlank()) {
            summary = (summary + " " + line.substring(start + 2).strip()).strip();
        }
        return line.substring(0, start);
    }

    private static String withoutBlockComments(final String text) {
        return Pattern.compile("/\\*.*?\\*/", Pattern.DOTALL).matcher(text)
            .replaceAll(m -> "\n".repeat((int) m.group().chars().filter(c -> c == '\n').count()));
    }
}
