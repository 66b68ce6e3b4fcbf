package io.holdfast.lab.wire;

import static io.holdfast.lab.wire.Synthetic.HOST_A;
import static io.holdfast.lab.wire.Synthetic.HOST_B;
import static io.holdfast.lab.wire.Synthetic.tcp;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every rule holds on a good capture, and each is seen to break, alone, on a capture that breaks it. */
final class WireCheckerTest {
    @TempDir
    private Path directory;

    /** A request of 10 bytes and 20 bytes of its answer, by host a. */
    private final Synthetic wire = new Synthetic().announce(HOST_A).arpReply(HOST_A).handshake()
        .client(tcp().ts(3).data("request 10"))
        .server(HOST_A, tcp().ts(101).ack(10).data("0123456789"))
        .client(tcp().ts(4).at(10).ack(10))
        .server(HOST_A, tcp().ts(102).at(10).ack(10).data("abcdefghij"));

    // --- good ones ---

    @Test
    void shouldFindNothingWrongWithATakeover() throws IOException {
        wire.announce(HOST_B).announce(HOST_B)
            .server(HOST_B, tcp().ts(500).at(10).ack(10).data("abcdefghij"))
            .client(tcp().ts(900).at(10).ack(20))
            .server(HOST_B, tcp().ts(501).at(20).ack(10).data("xyz"))
            .client(tcp().ts(901).at(10).ack(23).flags(Segment.ACK | Segment.FIN))
            .server(HOST_B, tcp().ts(502).at(23).ack(11).flags(Segment.ACK | Segment.FIN))
            .client(tcp().ts(902).at(11).ack(24));
        final Report report = check(Expectation.DEFAULT.withSwitches(1));
        assertEquals(Map.of(), report.counts(), report.text());
        assertEquals(23, report.totals().serverBytes());
        assertEquals(10, report.totals().clientBytes());
        assertEquals(1, report.totals().connections());
        assertEquals(10, report.totals().serverRetransmitted());
        assertEquals(0, report.totals().unscaled());
        assertEquals(2, report.hosts().size());
        assertEquals(Set.of("02:00:00:00:01:00"), report.macs());
        final Report.Switch change = report.switches().get(0);
        assertEquals(1, change.serverFirst());
        assertEquals(0, change.clientFirst());
        assertEquals(2_000_000, change.firstSegmentNs());
        assertEquals(2_000_000, change.slowestNs());
        assertTrue(report.text().contains("O2      one value an offset                       holds"), report.text());
    }

    @Test
    void shouldTellThatTheClientSpokeFirst() throws IOException {
        wire.announce(HOST_B).client(tcp().ts(900).at(10).ack(20))
            .server(HOST_B, tcp().ts(501).at(20).ack(10).data("xyz"));
        final Report.Switch change = check(Expectation.DEFAULT).switches().get(0);
        assertEquals(0, change.serverFirst());
        assertEquals(1, change.clientFirst());
    }

    @Test
    void shouldLetTheAddressMoveBackIfAnnounced() throws IOException {
        wire.announce(HOST_B).server(HOST_B, tcp().ts(500).at(20).ack(10))
            .announce(HOST_A).server(HOST_A, tcp().ts(600).at(20).ack(10));
        final Report report = check(Expectation.DEFAULT.withSwitches(2));
        assertEquals(Map.of(), report.counts(), report.text());
    }

    @Test
    void shouldTakeANewConnectionOnOldPortsAsAnother() throws IOException {
        wire.client(tcp().flags(Segment.SYN).at(5_000_000).ts(3))
            .server(HOST_A, tcp().flags(Segment.SYN | Segment.ACK).at(-7_000_000).ack(5_000_001).ts(50));
        final Report report = check(Expectation.DEFAULT);
        assertEquals(Map.of(), report.counts(), report.text());
        assertEquals(2, report.totals().connections());
    }

    @Test
    void shouldAllowARefusal() throws IOException {
        final Synthetic refused = new Synthetic().client(tcp().flags(Segment.SYN).at(-1).ts(1))
            .server(HOST_A, tcp().flags(Segment.RST | Segment.ACK).ts(1));
        assertEquals(Map.of(), WireChecker.check(refused.writePcap(file(), ByteOrder.BIG_ENDIAN, true)).counts());
    }

    @Test
    void shouldAllowAResetOfAServerThatClosesWithDataUnread() throws IOException {
        wire.client(tcp().ts(5).at(10).ack(20).data("bye").flags(Segment.ACK | Segment.FIN))
            .server(HOST_A, tcp().ts(103).at(20).ack(14).flags(Segment.ACK | Segment.RST));
        final Report report = check(Expectation.DEFAULT);
        assertEquals(Map.of(), report.counts(), report.text());
        assertEquals(1, report.totals().lateResets());
    }

    @Test
    void shouldAllowAResetForDataThatCameAfterTheServerClosed() throws IOException {
        wire.server(HOST_A, tcp().ts(103).at(20).ack(10).flags(Segment.ACK | Segment.FIN))
            .client(tcp().ts(5).at(10).ack(21).data("bye"))
            .server(HOST_A, tcp().at(21).flags(Segment.RST));
        final Report report = check(Expectation.DEFAULT);
        assertEquals(Map.of(), report.counts(), report.text());
        assertEquals(1, report.totals().lateResets());
    }

    @Test
    void shouldPassOverOtherFrames() throws IOException {
        wire.raw(new byte[5]).raw(new byte[60]);
        assertEquals(Map.of(), check(Expectation.DEFAULT).counts());
    }

    @Test
    void shouldAllowSegmentsOfOneHostToOvertakeEachOther() throws IOException {
        wire.server(HOST_A, tcp().ts(110).at(20).ack(10)).server(HOST_A, tcp().ts(105).at(20).ack(8).window(900));
        final Report report = check(Expectation.DEFAULT);
        assertEquals(Map.of(), report.counts(), report.text());
        assertEquals(1, report.totals().overtaken());
        for (int i = 0; i < 71; i++) {
            wire.client(tcp().ts(900).at(10).ack(20));
        }
        wire.server(HOST_A, tcp().ts(106).at(20).ack(10)); // it was nowhere for so long
        assertBroken(Rule.O3);
    }

    // --- one for every violation ---

    @Test
    void shouldSeeThatTheNewHostLacksWhatWasAcknowledged() throws IOException {
        wire.announce(HOST_B).server(HOST_B, tcp().ts(500).at(20).ack(4).window(2000));
        assertBroken(Rule.O1);
    }

    @Test
    void shouldSeeAnotherValueOfAByte() throws IOException {
        wire.announce(HOST_B).server(HOST_B, tcp().ts(500).at(10).ack(10).data("abcdeXghij"));
        final Report report = assertBroken(Rule.O2);
        assertTrue(report.violations().get(0).text().endsWith("offset 15"), report.text());
    }

    @Test
    void shouldSeeAnotherInitialSequenceNumber() throws IOException {
        final Synthetic twice = new Synthetic().client(tcp().flags(Segment.SYN).at(-1).ts(1))
            .server(HOST_A, tcp().flags(Segment.SYN | Segment.ACK).at(-1).ts(100))
            .server(HOST_A, tcp().flags(Segment.SYN | Segment.ACK).at(5).ts(100));
        final Report report = WireChecker.check(twice.writePcap(file(), ByteOrder.BIG_ENDIAN, true));
        assertEquals(Map.of(Rule.O2, 1), report.counts(), report.text());
    }

    @Test
    void shouldSeeTheEdgeGoBack() throws IOException {
        wire.announce(HOST_B).server(HOST_B, tcp().ts(500).at(20).ack(10).window(999));
        final Report report = assertBroken(Rule.O3);
        assertTrue(report.violations().get(0).text().contains("goes back by 128"), report.text());
    }

    @Test
    void shouldSeeTheTimestampGoBack() throws IOException {
        wire.announce(HOST_B).server(HOST_B, tcp().ts(101).at(20).ack(10));
        assertBroken(Rule.O3);
    }

    @Test
    void shouldMissTheTimestamp() throws IOException {
        wire.server(HOST_A, tcp().at(20).ack(10));
        assertBroken(Rule.O3);
    }

    @Test
    void shouldSeeAReset() throws IOException {
        wire.announce(HOST_B).server(HOST_B, tcp().flags(Segment.RST).at(20));
        assertBroken(Rule.O4);
    }

    @Test
    void shouldSeeThatARepeatedFinIsAnsweredWithAReset() throws IOException {
        final Synthetic.Tcp fin = tcp().ts(5).at(10).ack(21).flags(Segment.ACK | Segment.FIN);
        wire.server(HOST_A, tcp().ts(103).at(20).ack(10).flags(Segment.ACK | Segment.FIN)).client(fin).client(fin)
            .announce(HOST_B).server(HOST_B, tcp().at(21).flags(Segment.RST));
        assertBroken(Rule.O4);
    }

    @Test
    void shouldSeeAFinInTheMiddle() throws IOException {
        wire.server(HOST_A, tcp().ts(103).at(15).ack(10).flags(Segment.ACK | Segment.FIN));
        assertBroken(Rule.O4);
    }

    @Test
    void shouldSeeDataBeyondTheFin() throws IOException {
        wire.server(HOST_A, tcp().ts(103).at(20).ack(10).flags(Segment.ACK | Segment.FIN))
            .announce(HOST_B).server(HOST_B, tcp().ts(500).at(20).ack(10).data("more"));
        assertBroken(Rule.O4);
    }

    @Test
    void shouldSeeAMovingFin() throws IOException {
        wire.server(HOST_A, tcp().ts(103).at(20).ack(10).flags(Segment.ACK | Segment.FIN))
            .server(HOST_A, tcp().ts(104).at(21).ack(10).flags(Segment.ACK | Segment.FIN));
        assertBroken(Rule.O4);
    }

    @Test
    void shouldSeeAnAcknowledgementGoBack() throws IOException {
        wire.server(HOST_A, tcp().ts(103).at(20).ack(9).window(2000));
        assertBroken(Rule.O4);
    }

    @Test
    void shouldSeeAnAcknowledgementOfWhatWasNotSent() throws IOException {
        wire.server(HOST_A, tcp().ts(103).at(20).ack(11));
        assertBroken(Rule.O4);
    }

    @Test
    void shouldSeeASelectiveAcknowledgementOfWhatWasNotSent() throws IOException {
        wire.server(HOST_A, tcp().ts(103).at(20).ack(10).sack(12, 14));
        assertBroken(Rule.O4);
    }

    @Test
    void shouldSeeTheOldHostSpeak() throws IOException {
        wire.announce(HOST_B).server(HOST_B, tcp().ts(500).at(20).ack(10)).server(HOST_A, tcp().ts(501).at(20).ack(10));
        for (int i = 0; i < 71; i++) {
            wire.client(tcp().ts(900).at(10).ack(20));
        }
        wire.server(HOST_A, tcp().ts(502).at(20).ack(10)); // no burst any more
        assertBroken(Rule.O5);
    }

    @Test
    void shouldLetTheClientAcknowledgeTheRestOfABurst() throws IOException {
        wire.announce(HOST_B).server(HOST_B, tcp().ts(500).at(20).ack(10))
            .server(HOST_A, tcp().ts(104).at(20).ack(10).data("klm")).client(tcp().ts(900).at(10).ack(23));
        final Report report = check(Expectation.DEFAULT);
        assertEquals(Map.of(), report.counts(), report.text());
    }

    @Test
    void shouldAllowTheRestOfABurstAndNoOtherBytesInIt() throws IOException {
        wire.announce(HOST_B).server(HOST_B, tcp().ts(500).at(20).ack(10))
            .server(HOST_A, tcp().ts(104).at(10).ack(10).data("abcdefghij"));
        final Report report = check(Expectation.DEFAULT);
        assertEquals(Map.of(), report.counts(), report.text());
        assertEquals(1, report.switches().get(0).late());
        wire.server(HOST_A, tcp().ts(104).at(10).ack(10).data("abcdefghiX"));
        assertBroken(Rule.O2);
    }

    @Test
    void shouldSeeAHostSpeakUnannounced() throws IOException {
        wire.server(HOST_B, tcp().ts(500).at(20).ack(10));
        assertBroken(Rule.O5);
    }

    @Test
    void shouldSeeAnotherHostAnswerArp() throws IOException {
        wire.arpReply(HOST_B);
        assertBroken(Rule.O5);
    }

    @Test
    void shouldAllowTheOldHostToTellTheOneHardwareAddress() throws IOException {
        wire.announce(HOST_B).arpReply(HOST_A);
        assertEquals(Map.of(), check(Expectation.DEFAULT).counts());
    }

    @Test
    void shouldMissASwitch() throws IOException {
        assertEquals(Map.of(Rule.O5, 1), check(Expectation.DEFAULT.withSwitches(1)).counts());
    }

    @Test
    void shouldSeeOneSwitchTooMany() throws IOException {
        wire.announce(HOST_B).announce(HOST_A);
        assertEquals(Map.of(Rule.O5, 1), check(Expectation.DEFAULT.withSwitches(1)).counts());
    }

    // --- captures that say too little ---

    @Test
    void shouldMissBytesThatTheClientAcknowledges() throws IOException {
        wire.client(tcp().ts(5).at(10).ack(30));
        assertBroken(Rule.CAPTURE);
    }

    @Test
    void shouldWantThePayloadUnlessToldOtherwise() throws IOException {
        wire.server(HOST_A, tcp().ts(103).at(20).ack(10).data("klmnopqrst").captured(4));
        assertBroken(Rule.CAPTURE);
        final Expectation headers = new Expectation(Expectation.DEFAULT.serverIp(), -1, true);
        final Report report = check(headers);
        assertEquals(Map.of(), report.counts(), report.text());
        assertTrue(report.text().contains("not checked: headers only"), report.text());
        assertEquals(30, report.totals().serverBytes());
    }

    @Test
    void shouldWantAtLeastOneConnection() throws IOException {
        final Path nothing = new Synthetic().announce(HOST_A).writePcap(file(), ByteOrder.BIG_ENDIAN, true);
        assertEquals(Map.of(Rule.CAPTURE, 1), WireChecker.check(nothing).counts());
    }

    private Report assertBroken(final Rule rule) throws IOException {
        final Report report = check(Expectation.DEFAULT);
        assertEquals(Map.of(rule, 1), report.counts(), report.text());
        return report;
    }

    private Report check(final Expectation expectation) throws IOException {
        return WireChecker.check(wire.writePcapng(file(), ByteOrder.LITTLE_ENDIAN, false), expectation);
    }

    private Path file() {
        return directory.resolve("capture");
    }
}
