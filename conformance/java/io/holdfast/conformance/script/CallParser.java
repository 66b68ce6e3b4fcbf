package io.holdfast.conformance.script;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads system calls: {@code read(4, ..., 100) = -1 EAGAIN (Resource temporarily unavailable)}. */
final class CallParser {
    private static final Pattern CALL =
        Pattern.compile("(\\w+)\\s*\\((.*)\\)\\s*=\\s*(-?\\w+|\\.\\.\\.)\\s*([A-Z]\\w+)?\\s*(\\([^()]*\\))?\\s*", Pattern.DOTALL);

    private CallParser() {
    }

    static Action.Call parse(final String text) {
        final Matcher m = CALL.matcher(text);
        if (!m.matches()) {
            throw new ScriptException("cannot read the call " + text);
        }
        final String result = m.group(3);
        if ("-1".equals(result) && m.group(4) == null) {
            throw new ScriptException("-1, and why?");
        }
        final Integer wanted = "-1".equals(result) ? Integer.valueOf(-Names.errno(m.group(4)))
            : "...".equals(result) ? null : Integer.valueOf(Names.number(result));
        return new Action.Call(m.group(1), arguments(m.group(2)), wanted);
    }

    /** Splits a text at the commas that no bracket encloses. */
    private static List<String> arguments(final String text) {
        final List<String> arguments = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            if ("([{".indexOf(c) >= 0) {
                depth++;
            } else if (")]}".indexOf(c) >= 0) {
                depth--;
            } else if (c == ',' && depth == 0) {
                arguments.add(text.substring(start, i).trim());
                start = i + 1;
            }
        }
        if (!text.substring(start).isBlank()) {
            arguments.add(text.substring(start).trim());
        }
        return arguments;
    }
}
