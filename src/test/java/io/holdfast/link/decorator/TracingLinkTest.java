package io.holdfast.link.decorator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.counters.Counters;
import io.holdfast.link.FrameSlot;
import io.holdfast.link.LinkCapabilities;
import io.holdfast.link.OutboundFrame;
import io.holdfast.link.memory.MemoryLink;
import io.holdfast.wire.ArpPacket;
import io.holdfast.wire.EthernetHeader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TracingLinkTest {
    @Test
    void shouldSayEachFrameInOneLine() {
        final LinkCapabilities offloads = LinkCapabilities.bareIp(1500).withOffloads(true, true);
        final MemoryLink.Pair pair = MemoryLink.pair(offloads, offloads, 1, new Counters(), new Counters());
        final List<String> lines = new ArrayList<>();
        final TracingLink link = new TracingLink(pair.left(), FrameText.HEX, () -> 12_000_345_678L, lines::add);
        final OutboundFrame frame = new OutboundFrame();
        frame.clear();
        frame.end += 100;
        frame.buffer.putInt(frame.start, 0x7856_A0F1);
        frame.gsoSize = 50;
        frame.checksumStart = frame.start;

        assertTrue(link.transmit(frame));
        assertFalse(link.transmit(frame));
        pair.right().transmit(frame);
        assertTrue(link.receive(new FrameSlot()));

        assertEquals(3, lines.size());
        final String zeros = "00".repeat(92);
        assertEquals("12.000345678 out 100 partial gso 50  f1a05678" + zeros + "...", lines.get(0));
        assertTrue(lines.get(1).startsWith("12.000345678 ful 100"), lines.get(1));
        assertEquals("12.000345678 in  100 valid gso 50  f1a05678" + zeros + "...", lines.get(2));
    }

    @Test
    void shouldSayWhatAFrameIs() {
        final LinkCapabilities plain = LinkCapabilities.plainEthernet(1500, 1);
        final List<String> lines = new ArrayList<>();
        final TracingLink link = new TracingLink(MemoryLink.pair(plain, plain).left(), () -> 0L, lines::add);
        final OutboundFrame frame = new OutboundFrame();
        frame.clear();
        frame.end += 42;
        ArpPacket.write(frame.buffer, frame.start + 14, ArpPacket.REQUEST, 1, 0x0A4D_0064, 0, 0x0A4D_0001);
        EthernetHeader.write(frame.buffer, frame.start, 0xFFFF_FFFF_FFFFL, 1, EthernetHeader.TYPE_ARP);
        assertTrue(link.transmit(frame));
        assertTrue(lines.get(0).contains("who-has 10.77.0.1 tell 10.77.0.100"), lines.get(0));
    }
}
