package io.holdfast.util;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

final class LongPairMapTest {
    @Property(tries = 500)
    void shouldBehaveLikeAHashMapWithALimit(
        @ForAll @Size(max = 200) final List<@IntRange(max = 99) Integer> operations, @ForAll final long key) {
        final LongPairMap<Integer> map = new LongPairMap<>(16, key);
        final Map<Integer, Integer> model = new HashMap<>();
        for (int i = 0; i < operations.size(); i++) {
            final int k = operations.get(i) % 33;
            final long hi = k & 3;
            final long lo = k >> 2;
            if (operations.get(i) < 66) {
                final boolean room = model.containsKey(k) || model.size() < 16;
                assertEquals(room, map.put(hi, lo, i));
                if (room) {
                    model.put(k, i);
                }
            } else {
                assertEquals(model.remove(k) != null, map.remove(hi, lo));
            }
            for (int other = 0; other < 33; other++) {
                assertEquals(model.get(other), map.find(other & 3, other >> 2));
            }
            assertEquals(model.size(), map.size());
            assertEquals(model.size() == 16, map.isFull());
        }
        map.clear();
        assertNull(map.find(0, 0));
        assertFalse(map.isFull());
    }
}
