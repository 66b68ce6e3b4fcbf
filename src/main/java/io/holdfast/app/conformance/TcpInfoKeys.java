package io.holdfast.app.conformance;

import java.util.LinkedHashMap;
import java.util.Map;

/** TCP_INFO as the protocol carries it: names and numbers, in a fixed order. */
final class TcpInfoKeys {
    private final Map<String, Long> values = new LinkedHashMap<>();

    TcpInfoKeys put(final String key, final long value) {
        values.put(key, value);
        return this;
    }

    void write(final Reply reply) {
        reply.u16(0).u16(values.size());
        values.forEach((key, value) -> reply.str(key).i64(value));
    }
}
