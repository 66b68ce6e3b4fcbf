package io.holdfast.replication.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.agrona.concurrent.UnsafeBuffer;

final class HelloTest {
    private static final ChannelConfig OURS = new ChannelConfig().cluster("lab").node("b");

    @Example
    void shouldReadWhatItWrites() throws Refusal {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[200]);
        final byte[] token = new LifelineToken(true).newToken();
        final ChannelConfig longest = new ChannelConfig().cluster("c".repeat(64)).node("n".repeat(64));
        final int length = HelloMessage.write(buffer, 3, Path.SERVICE, longest, token);
        assertEquals(HelloMessage.MAX_BYTES, length);
        assertArrayEquals(token, HelloMessage.token(buffer, 3, length));
        assertEquals("n".repeat(64),
            HelloMessage.read(buffer, 3, length, Path.SERVICE, new ChannelConfig().cluster("c".repeat(64)).node("b")));
    }

    @Property
    void shouldRefuseAnyBytesThatAreNoGreeting(@ForAll @Size(max = 153) final byte[] bytes) {
        assertThrows(Refusal.class,
            () -> HelloMessage.read(new UnsafeBuffer(bytes), 0, bytes.length, Path.REPLICATION, OURS));
    }

    /** Also behind a good beginning: no length in it is believed. */
    @Property
    void shouldRefuseAGreetingThatWasCutOrLengthened(
        @ForAll @IntRange(max = 46) final int length, @ForAll final byte filler) throws Refusal {
        final byte[] whole = RawPeer.hello(RawPeer.MAGIC, 2, 1, "lab", "a");
        final byte[] bytes = new byte[length];
        java.util.Arrays.fill(bytes, filler);
        System.arraycopy(whole, 0, bytes, 0, Math.min(length, whole.length));
        final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        if (length == whole.length) {
            assertEquals("a", HelloMessage.read(buffer, 0, length, Path.REPLICATION, OURS));
        } else {
            assertThrows(Refusal.class, () -> HelloMessage.read(buffer, 0, length, Path.REPLICATION, OURS));
        }
    }
}
