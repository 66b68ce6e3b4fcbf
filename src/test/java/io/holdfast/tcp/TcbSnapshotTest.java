package io.holdfast.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.holdfast.wire.IpAddress;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Walks over the fields by reflection, so that a field added to the control block and forgotten here is found. */
final class TcbSnapshotTest {
    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[TcbSnapshot.LENGTH + 16]);

    @Property(tries = 200)
    void shouldRoundTripEveryField(@ForAll final long seed) throws IllegalAccessException {
        final Random random = new Random(seed);
        final Tcb tcb = new Tcb(new ConnectionId(new IpAddress(random.nextLong(), random.nextLong()), 80,
            IpAddress.ofV4(random.nextInt()), 65_535));
        tcb.state = TcpState.values()[random.nextInt(TcpState.values().length)];
        for (final Field field : Tcb.class.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers())) {
                continue;
            }
            if (field.getType() == long.class) {
                field.setLong(tcb, random.nextLong());
            } else if (field.getType() == int.class) {
                field.setInt(tcb, random.nextInt());
            } else if (field.getType() == boolean.class) {
                field.setBoolean(tcb, random.nextBoolean());
            }
        }
        final TcbSnapshot snapshot = new TcbSnapshot();
        assertEquals(TcbSnapshot.LENGTH, snapshot.encode(tcb, buffer, 7));
        final Tcb copy = snapshot.decode(buffer, 7);
        for (final Field field : Tcb.class.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                assertEquals(field.get(tcb), field.get(copy), field.getName());
            }
        }
    }

    @Test
    void shouldRefuseAnotherVersion() {
        buffer.putInt(0, TcbSnapshot.VERSION + 1, java.nio.ByteOrder.LITTLE_ENDIAN);
        assertThrows(IllegalArgumentException.class, () -> new TcbSnapshot().decode(buffer, 0));
    }
}
