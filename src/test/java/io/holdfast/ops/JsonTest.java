package io.holdfast.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class JsonTest {
    @Test
    void shouldSeparateMembersAndElements() {
        final Json json = new Json().object().put("a", 1).array("b");
        json.object().put("c", true).end().object().end().endArray();
        assertEquals("{\"a\":1,\"b\":[{\"c\":true},{}],\"d\":null}\n", json.put("d", null).end().toString());
    }

    @Test
    void shouldEscapeWhatWouldEndAString() {
        assertEquals("{\"a\\\"\":\"\\\\ \\u000a é\"}\n", new Json().object().put("a\"", "\\ \n é").end().toString());
    }

    @Test
    void shouldWriteNullForWhatIsNotKnown() {
        assertEquals("{\"a\":null,\"b\":0,\"c\":null,\"d\":1.002}\n", new Json().object().known("a", -1).known("b", 0)
            .ms("c", -1).ms("d", 1_002_003).end().toString());
    }
}
