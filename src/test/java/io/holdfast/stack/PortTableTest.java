package io.holdfast.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.util.SeededRandom;
import io.holdfast.wire.IpAddress;
import org.junit.jupiter.api.Test;

final class PortTableTest {
    private static final IpAddress A = IpAddress.parse("10.0.0.1");
    private static final IpAddress B = IpAddress.parse("10.0.0.2");

    private final PortTable ports = new PortTable();

    @Test
    void shouldGiveAPortOnce() {
        final PortBinding first = ports.bind(A, 80, false);
        assertNotNull(first);
        assertNull(ports.bind(A, 80, false));
        assertNull(ports.bind(IpAddress.ANY, 80, false));
        assertNotNull(ports.bind(B, 80, false));
        ports.release(first);
        assertNotNull(ports.bind(A, 80, false));
    }

    @Test
    void shouldShareAPortThatNobodyListensOnIfBothSaySo() {
        assertNull(sharing(true, false));
        assertNull(sharing(false, true));
        assertNotNull(sharing(true, true));
    }

    private static PortBinding sharing(final boolean first, final boolean second) {
        final PortTable table = new PortTable();
        table.bind(A, 80, first);
        return table.bind(A, 80, second);
    }

    @Test
    void shouldLetOneOfThoseListen() {
        final PortBinding first = ports.bind(A, 80, true);
        final PortBinding second = ports.bind(A, 80, true);
        assertTrue(ports.listen(first));
        assertFalse(ports.listen(second));
        assertNull(ports.bind(A, 80, true));
    }

    @Test
    void shouldKeepThePortOfALeftOverConnectionFromSocketsWithoutReuse() {
        ports.connectionAdded(80);
        assertNull(ports.bind(A, 80, false));
        assertNotNull(ports.bind(A, 80, true));
        ports.connectionRemoved(80);
        assertNotNull(ports.bind(B, 80, false));
    }

    @Test
    void shouldChooseEphemeralPortsThatDifferAndAreInRange() {
        final PortAllocator allocator = new PortAllocator(new KeyedHash(new SeededRandom(1)));
        final int first = allocator.choose(A.hi(), A.lo(), B.hi(), B.lo(), 80, p -> true);
        final int second = allocator.choose(A.hi(), A.lo(), B.hi(), B.lo(), 80, p -> true);
        assertNotEquals(first, second);
        assertTrue(first >= PortTable.FIRST_EPHEMERAL && first <= PortTable.LAST_EPHEMERAL);
        assertEquals(40_000, allocator.choose(A.hi(), A.lo(), B.hi(), B.lo(), 80, p -> p == 40_000));
        assertEquals(0, allocator.choose(A.hi(), A.lo(), B.hi(), B.lo(), 80, p -> false));
    }
}
