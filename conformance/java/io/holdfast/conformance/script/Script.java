package io.holdfast.conformance.script;

import java.util.List;
import java.util.Map;

/**
 * A script: one behaviour.
 *
 * @param name topic and file
 * @param summary its first comment
 * @param options from lines that begin with two dashes
 */
public record Script(String name, String summary, Map<String, String> options, List<Event> events) {
    /** How long it takes in real time, at least. */
    public long durationUs() {
        long us = 0;
        for (final Event event : events) {
            final When when = event.when();
            final long last = when.kind() == When.Kind.UNTIL ? when.us() : Math.max(when.us(), when.endUs());
            us = when.relative() ? us + last : Math.max(us, last);
        }
        return us;
    }
}
