package io.holdfast.replication.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Random;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

final class LostConnectionTest {
    private static final LostConnection LOST = new LostConnection(3, 0x3_0000_0007L, "the servers wrote \u2260 bytes");

    @Test
    void shouldBeReadAsItWasWritten() {
        final DirectBuffer message = LOST.encode();
        assertEquals(LOST, LostConnection.decode(message, 0, message.capacity()));
        final DirectBuffer longer = new LostConnection(1, 2, "x".repeat(5_000)).encode();
        assertEquals("x".repeat(256), LostConnection.decode(longer, 0, longer.capacity()).reason());
    }

    @Test
    void shouldRefuseWhatIsTorn() {
        final DirectBuffer message = LOST.encode();
        for (int length = 0; length < message.capacity(); length++) {
            assertNull(LostConnection.decode(message, 0, length), "of " + length + " bytes");
        }
    }

    @Test
    void shouldBearAnyBytes() {
        final Random random = new Random(7);
        for (int i = 0; i < 100_000; i++) {
            final DirectBuffer message = LOST.encode();
            final UnsafeBuffer damaged = new UnsafeBuffer(new byte[message.capacity()]);
            damaged.putBytes(0, message, 0, message.capacity());
            for (int n = random.nextInt(4); n >= 0; n--) {
                damaged.putByte(random.nextInt(damaged.capacity()), (byte) random.nextInt());
            }
            LostConnection.decode(damaged, 0, random.nextInt(damaged.capacity() + 1));
        }
    }
}
