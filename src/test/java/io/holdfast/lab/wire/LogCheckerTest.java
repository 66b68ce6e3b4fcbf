package io.holdfast.lab.wire;

import static io.holdfast.lab.wire.Synthetic.HOST_A;
import static io.holdfast.lab.wire.Synthetic.HOST_B;
import static io.holdfast.lab.wire.Synthetic.tcp;
import static io.holdfast.lab.wire.SyntheticLink.A;
import static io.holdfast.lab.wire.SyntheticLink.B;
import static io.holdfast.lab.wire.SyntheticLink.BACKUP;
import static io.holdfast.lab.wire.SyntheticLink.NONE;
import static io.holdfast.lab.wire.SyntheticLink.PRIMARY;
import static io.holdfast.lab.wire.SyntheticLink.SOLO;
import static io.holdfast.lab.wire.SyntheticLink.input;
import static io.holdfast.lab.wire.SyntheticLink.opened;
import static io.holdfast.lab.wire.SyntheticLink.progress;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Output is held against the log at the moment when it leaves: every rule holds, and is seen to break alone. */
final class LogCheckerTest {
    private static final long ID = 1L << 32 | 1;
    private static final int ABORTED = 4;
    private static final long EDGE = 1000L << Synthetic.WINDOW_SCALE;

    @TempDir
    private Path directory;

    private final AtomicLong clock = new AtomicLong();
    private final Synthetic linkCapture = new Synthetic(clock);
    private final Synthetic a = new Synthetic(clock);
    private final Synthetic b = new Synthetic(clock);
    private final SyntheticLink link = new SyntheticLink(linkCapture, 50_000);
    private final List<LogChecker.Alone> alone = new ArrayList<>();
    private Report.Log log;

    /** A connection with 10 bytes of the client's stored, a limit of 100 bytes to send, and an edge 10 bytes ahead. */
    private void established() {
        link.connect().role(A, PRIMARY).role(B, BACKUP).batch(A, 1, opened(ID)).ack(B, 1);
        a.server(HOST_A, tcp().flags(Segment.SYN | Segment.ACK).at(-1).ts(100));
        link.batch(A, 2, input(ID, 0, 10), progress(ID, NONE, NONE, EDGE + 10, 100, 0)).ack(B, 2);
    }

    // --- what holds ---

    @Test
    void shouldFindNothingWrongWithWhatIsStored() throws IOException {
        established();
        a.server(HOST_A, tcp().ts(101).ack(10).data("x".repeat(100)));
        link.batch(A, 3, input(ID, 14, 4)).ack(B, 3);
        a.server(HOST_A, tcp().ts(102).at(100).ack(10).sack(14, 18));
        link.batch(A, 4, input(ID, 10, 4), progress(ID, 18, 100, EDGE + 19, 100, 0)).ack(B, 4);
        a.server(HOST_A, tcp().ts(103).at(100).ack(19).flags(Segment.ACK | Segment.FIN));
        assertHolds();
        assertTrue(log.readable());
        assertEquals(4, log.protectedSegments());
        assertEquals(4, log.batches());
        assertEquals(6, log.records());
        assertEquals(0, log.answeredUnstored());
    }

    @Test
    void shouldAllowAnythingToAHostThatIsAlone() throws IOException {
        established();
        link.role(A, SOLO);
        a.server(HOST_A, tcp().ts(101).ack(4000).data("x".repeat(200)));
        a.server(HOST_A, tcp().ts(102).at(200).ack(4000).flags(Segment.ACK | Segment.FIN));
        a.server(HOST_A, tcp().at(201).flags(Segment.RST));
        assertHolds();
    }

    private void goesOnAlone() {
        clock.addAndGet(10);
        alone.add(new LogChecker.Alone(A, Synthetic.START_NS + clock.get() * 1_000_000L));
        clock.addAndGet(10);
    }

    /** The host's backup has fallen silent, so that no frame tells of it. */
    @Test
    void shouldAllowAnythingToAHostThatSaysWhenItWentOnAlone() throws IOException {
        established();
        a.server(HOST_A, tcp().ts(101).ack(10));
        goesOnAlone();
        a.server(HOST_A, tcp().ts(102).ack(4000).data("x".repeat(200)));
        link.role(A, SOLO).role(A, PRIMARY).role(B, BACKUP);
        a.server(HOST_A, tcp().ts(103).at(200).ack(4000));
        assertHolds();
        assertEquals(3, log.protectedSegments());
    }

    @Test
    void shouldNotExcuseWhatLeftBeforeAHostWentOnAlone() throws IOException {
        established();
        a.server(HOST_A, tcp().ts(101).ack(10).data("x".repeat(101)));
        goesOnAlone();
        assertBroken(Rule.O2);
    }

    @Test
    void shouldAllowAnythingOnceTheBackupIsOutOrGone() throws IOException {
        established();
        link.close(B); // its process may be dead, and a may know
        a.server(HOST_A, tcp().ts(101).ack(400));
        assertHolds();
    }

    @Test
    void shouldAllowAgainWhatWasSaidBeforeABackupJoined() throws IOException {
        established();
        link.role(B, 2); // joining
        a.server(HOST_A, tcp().ts(101).ack(400).data("x".repeat(200)));
        link.role(A, SOLO).role(A, PRIMARY).role(B, BACKUP);
        a.server(HOST_A, tcp().ts(102).ack(400).data("x".repeat(200)));
        assertHolds();
    }

    @Test
    void shouldFollowATakeover() throws IOException {
        established();
        link.close(A).role(B, SOLO);
        b.announce(HOST_B).server(HOST_B, tcp().ts(500).ack(4000).data("x".repeat(200)));
        assertHolds();
        assertEquals(1, log.protectedSegments());
    }

    @Test
    void shouldAllowAnAnswerWithACookie() throws IOException {
        link.connect().role(A, PRIMARY).role(B, BACKUP);
        a.server(HOST_A, tcp().flags(Segment.SYN | Segment.ACK).at(-1).ts(100));
        assertHolds();
        assertEquals(1, log.answeredUnstored());
    }

    @Test
    void shouldAllowTheStoredAbort() throws IOException {
        established();
        link.batch(A, 3, progress(ID, NONE, NONE, EDGE, 100, ABORTED)).ack(B, 3);
        a.server(HOST_A, tcp().flags(Segment.RST));
        assertHolds();
    }

    @Test
    void shouldReadAFarewellBeforeTheGreeting() throws IOException {
        final SyntheticLink refused = new SyntheticLink(linkCapture, 50_001);
        refused.handshake().bytes(B, (byte) -2, (byte) -1, (byte) -1, (byte) -1).close(B);
        established();
        a.server(HOST_A, tcp().ts(101).ack(10));
        assertHolds();
    }

    @Test
    void shouldTakeTheEndOfALifelineForADeath() throws IOException {
        final SyntheticLink line = new SyntheticLink(linkCapture, 50_001);
        established();
        line.handshake().bytes(B, (byte) 0xFF, (byte) 'H', (byte) 'F', (byte) 'L').bytes(B, new byte[16]);
        a.server(HOST_A, tcp().ts(101).ack(10));
        line.close(B);
        a.server(HOST_A, tcp().ts(102).ack(400));
        assertHolds();
        assertEquals(2, log.protectedSegments());
    }

    // --- one for every violation ---

    @Test
    void shouldSeeAnAcknowledgementOfWhatIsNotStored() throws IOException {
        established();
        a.server(HOST_A, tcp().ts(101).ack(11).window(900));
        assertBroken(Rule.O1);
    }

    @Test
    void shouldSeeAnAcknowledgementThatLeavesTooEarly() throws IOException {
        established();
        link.batch(A, 3, input(ID, 10, 5));
        a.server(HOST_A, tcp().ts(101).ack(15).window(900)); // it is on its way to the backup, no more
        link.ack(B, 3);
        assertBroken(Rule.O1);
    }

    @Test
    void shouldSeeAnAcknowledgementAcrossAGap() throws IOException {
        established();
        link.batch(A, 3, input(ID, 12, 5)).ack(B, 3);
        a.server(HOST_A, tcp().ts(101).ack(17).window(900));
        assertBroken(Rule.O1);
    }

    @Test
    void shouldSeeASelectiveAcknowledgementOfWhatIsNotStored() throws IOException {
        established();
        a.server(HOST_A, tcp().ts(101).ack(10).sack(14, 18));
        assertBroken(Rule.O1);
    }

    @Test
    void shouldSeeThatTheFinIsAcknowledgedTooEarly() throws IOException {
        established();
        a.server(HOST_A, tcp().ts(101).ack(11).window(900));
        link.batch(A, 3, progress(ID, 10, NONE, EDGE + 10, 100, 0)).ack(B, 3);
        assertBroken(Rule.O1);
    }

    @Test
    void shouldForgetWhatASessionStoredThatIsOver() throws IOException {
        established();
        link.role(A, SOLO).batch(A, 1, opened(ID)).ack(B, 1).role(A, PRIMARY).role(B, BACKUP);
        a.server(HOST_A, tcp().ts(101).ack(10));
        assertBroken(Rule.O1);
    }

    @Test
    void shouldSeeDataBeyondWhatTheLogAllows() throws IOException {
        established();
        a.server(HOST_A, tcp().ts(101).ack(10).data("x".repeat(101)));
        assertBroken(Rule.O2);
    }

    @Test
    void shouldSeeAnEdgeBeyondWhatTheLogAllows() throws IOException {
        established();
        a.server(HOST_A, tcp().ts(101).ack(10).window(1001));
        assertBroken(Rule.O3);
    }

    @Test
    void shouldSeeAFinThatIsNotStored() throws IOException {
        established();
        a.server(HOST_A, tcp().ts(101).ack(10).flags(Segment.ACK | Segment.FIN));
        assertBroken(Rule.O4);
    }

    @Test
    void shouldSeeAResetThatIsNotStored() throws IOException {
        established();
        a.server(HOST_A, tcp().flags(Segment.RST));
        assertBroken(Rule.O4);
    }

    @Test
    void shouldSeeAHostSpeakIntoACutLink() throws IOException {
        established();
        b.announce(HOST_B);
        a.server(HOST_A, tcp().ts(101).ack(10)); // may have been on its way
        clock.addAndGet(71);
        a.server(HOST_A, tcp().ts(102).ack(10));
        assertBroken(Rule.O5);
    }

    @Test
    void shouldKnowAHostByItsPortWhateverItsAddress() throws IOException {
        established();
        b.server(HOST_A, tcp().ts(101).ack(10));
        assertBroken(Rule.O5);
    }

    // --- captures that say too little ---

    @Test
    void shouldNotTakeTlsForALog() throws IOException {
        link.handshake().bytes(B, (byte) 22, (byte) 3, (byte) 1, (byte) 0, (byte) 200);
        a.server(HOST_A, tcp().flags(Segment.SYN | Segment.ACK).at(-1).ts(100));
        assertBroken(Rule.CAPTURE);
        assertFalse(log.readable());
    }

    @Test
    void shouldNoticeThatBytesOfTheLinkAreMissing() throws IOException {
        established();
        link.unseen(A, 40).role(B, BACKUP);
        a.server(HOST_A, tcp().ts(101).ack(4000));
        assertBroken(Rule.CAPTURE);
    }

    @Test
    void shouldWantOutputThatHadToWait() throws IOException {
        link.connect().role(A, SOLO);
        a.server(HOST_A, tcp().flags(Segment.SYN | Segment.ACK).at(-1).ts(100));
        assertBroken(Rule.CAPTURE);
    }

    private void assertHolds() throws IOException {
        final Violations violations = check();
        assertEquals(Map.of(), violations.counts(), violations.first().toString());
    }

    private void assertBroken(final Rule rule) throws IOException {
        final Violations violations = check();
        assertEquals(Map.of(rule, 1), violations.counts(), violations.first().toString());
    }

    private Violations check() throws IOException {
        final Violations violations = new Violations();
        final var ports = List.of(new LogChecker.Port(List.of(A), write("a", a)),
            new LogChecker.Port(List.of(B), write("b", b)));
        log = LogChecker.check(Synthetic.SERVER_IP,
            new LogChecker.Sources(ports, List.of(write("link", linkCapture)), alone), violations).log();
        return violations;
    }

    private Path write(final String name, final Synthetic capture) throws IOException {
        return capture.writePcap(directory.resolve(name), ByteOrder.LITTLE_ENDIAN, true);
    }
}
