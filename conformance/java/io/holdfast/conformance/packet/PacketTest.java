package io.holdfast.conformance.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

final class PacketTest {
    private static final Segment SEGMENT = new Segment(40_000, 8080, TcpFlags.parse("P."), 5, 7, 9, 0, 2,
        List.of(TcpOption.of("mss", 1460L), TcpOption.of("TS", 1L, 0xFFFF_FFFFL), TcpOption.of("sack", 1L, 2L), TcpOption.of("raw",
            253L, 4L, 1L, 2L), TcpOption.of("nop"), TcpOption.of("wscale", 7L), TcpOption.of("nop"), TcpOption.of("nop"),
            TcpOption.of("sackOK")),
        new byte[] {1, 2, 3});
    private final PacketBuilder builder = new PacketBuilder(0x0A00_0001, 0x0A00_0002);

    @Test
    void shouldTakeApartWhatItBuilt() {
        final Segment back = ReceivedPacket.parse(builder.tcp(SEGMENT, false)).segment();
        assertArrayEquals(SEGMENT.payload(), back.payload());
        final Segment same = new Segment(back.sourcePort(), back.destinationPort(), back.flags(), back.seq(), back.ack(),
            back.window(), back.urgent(), back.tos(), back.options(), SEGMENT.payload());
        assertEquals(SEGMENT, same);
    }

    @Test
    void shouldRefuseWhatNoStackMaySend() {
        assertThrows(IllegalArgumentException.class, () -> ReceivedPacket.parse(builder.tcp(SEGMENT, true)));
        for (final int at : new int[] {0, 3, 8, 10, 12, 33, 50}) {
            final byte[] packet = builder.tcp(SEGMENT, false);
            packet[at] ^= 1;
            assertThrows(IllegalArgumentException.class, () -> ReceivedPacket.parse(packet), "byte " + at);
        }
    }

    @Test
    void shouldCutIntoFragments() {
        final List<byte[]> fragments = builder.fragments(SEGMENT, 16, 1);
        final int bytes = fragments.stream().mapToInt(f -> f.length - 20).sum();
        assertEquals(builder.tcp(SEGMENT, false).length - 20, bytes);
        assertEquals(0x2000, (fragments.get(0)[6] & 0xFF) << 8 | fragments.get(0)[7]);
        assertEquals(0x2002, (fragments.get(1)[6] & 0xFF) << 8 | fragments.get(1)[7]);
    }
}
