package io.holdfast.link.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.holdfast.link.FrameSlot;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.OutboundFrame;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

final class MemoryHubTest {
    private static final long A = 0x02_00_00_00_00_0AL;
    private static final long B = 0x02_00_00_00_00_0BL;
    private static final long C = 0x02_00_00_00_00_0CL;
    private static final long BROADCAST = 0xFFFF_FFFF_FFFFL;

    private final OutboundFrame frame = new OutboundFrame();
    private final FrameSlot slot = new FrameSlot();

    @Test
    void shouldFloodBroadcastsAndUnknownAddressesButNotBack() {
        final MemoryHub hub = new MemoryHub();
        final MemoryLink a = attach(hub, A);
        final MemoryLink b = attach(hub, B);
        final MemoryLink c = attach(hub, C);

        a.transmit(ethernet(BROADCAST, A));
        a.transmit(ethernet(B, A));

        assertEquals(0, a.pending());
        assertEquals(2, b.pending());
        assertEquals(2, c.pending());
    }

    @Test
    void shouldSendToTheLearnedPortOnlyAndFollowAMove() {
        final MemoryHub hub = new MemoryHub();
        final MemoryLink a = attach(hub, A);
        final MemoryLink b = attach(hub, B);
        final MemoryLink c = attach(hub, C);
        b.transmit(ethernet(BROADCAST, B));
        drain(a);
        drain(c);

        a.transmit(ethernet(B, A));
        assertEquals(1, b.pending());
        assertEquals(0, c.pending());

        c.transmit(ethernet(A, B));
        a.transmit(ethernet(B, A));
        assertEquals(1, b.pending());
        assertEquals(1, c.pending());
        assertEquals(1, a.pending());
    }

    @Test
    void shouldFloodEverythingWithoutLearning() {
        final MemoryHub hub = new MemoryHub(false, 10);
        final MemoryLink a = attach(hub, A);
        final MemoryLink b = attach(hub, B);
        final MemoryLink c = attach(hub, C);
        b.transmit(ethernet(A, B));
        a.transmit(ethernet(B, A));
        assertEquals(2, c.pending());
    }

    @Test
    void shouldDropAtAFullPortAndForgetAClosedOne() {
        final MemoryHub hub = new MemoryHub(true, 2);
        final MemoryLink a = attach(hub, A);
        final MemoryLink b = attach(hub, B);
        b.transmit(ethernet(A, B));
        for (int i = 0; i < 5; i++) {
            a.transmit(ethernet(B, A));
        }
        assertEquals(2, b.pending());
        assertEquals(3, b.dropped());

        b.close();
        final MemoryLink c = attach(hub, C);
        a.transmit(ethernet(B, A));
        assertEquals(1, c.pending());
    }

    @Test
    void shouldRejectPortsThatDifferInOffloads() {
        final MemoryHub hub = new MemoryHub();
        attach(hub, A);
        assertThrows(IllegalArgumentException.class,
            () -> hub.attach(LinkCapabilities.plainEthernet(1500, B).withOffloads(true, true)));
        assertThrows(IllegalArgumentException.class, () -> hub.attach(LinkCapabilities.bareIp(1500)));
    }

    private static MemoryLink attach(final MemoryHub hub, final long mac) {
        return hub.attach(LinkCapabilities.plainEthernet(1500, mac));
    }

    private void drain(final MemoryLink link) {
        while (link.receive(slot)) {
            assertEquals(14, slot.length);
        }
    }

    private OutboundFrame ethernet(final long destination, final long source) {
        frame.clear();
        frame.end += 14;
        frame.buffer.putLong(frame.start, destination << 16 | source >>> 32, ByteOrder.BIG_ENDIAN);
        frame.buffer.putInt(frame.start + 8, (int) source, ByteOrder.BIG_ENDIAN);
        frame.buffer.putShort(frame.start + 12, (short) 0x0800, ByteOrder.BIG_ENDIAN);
        return frame;
    }
}
