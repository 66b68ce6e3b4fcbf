package io.holdfast.conformance.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Behaviour of both sides and the declared difference it belongs to, as found by generated sequences; and behaviour a little off.
 */
final class DeclaredTest {
    private static final List<String> BEFORE_RETRANSMISSION = List.of("write(4, ..., 4380) = 4380", "> . 1:4381(4380) ack 1",
        "< . 1:1(0) ack 101 win 32792");
    private static final List<String> BEFORE_PROBE = List.of("write(4, ..., 2920) = 2920", "> . 1:2921(2920) ack 1",
        "< P. 3:1463(1460) ack 1 win 32792", "> . 2921:2921(0) ack 1 <nop,nop,sack 3:1463>");
    private static final List<String> UNREAD = List.of("> . 1:1001(1000) ack 2", "< P. 2:2922(2920) ack 1 win 32792");

    @Test
    void shouldKnowWhereARetransmissionEnds() {
        expect(Declared.REPACKETIZED, BEFORE_RETRANSMISSION, List.of("> . 101:1461(1360) ack 1"), List.of("> . 101:1561(1460) ack 1"));
        expect(Declared.REPACKETIZED, BEFORE_RETRANSMISSION, List.of("> . 101:1461(1360) ack 1", "> . 1461:2921(1460) ack 1"),
            List.of("> . 101:1561(1460) ack 1", "> . 1561:3021(1460) ack 1"));
        expect(null, BEFORE_RETRANSMISSION, List.of("> . 101:1461(1360) ack 1"), List.of("> . 101:1562(1461) ack 1"));
        expect(null, BEFORE_RETRANSMISSION, List.of("> . 101:1461(1360) ack 1"), List.of("> . 1:1461(1460) ack 1"));
        expect(null, BEFORE_RETRANSMISSION, List.of("> . 101:1461(1360) ack 1"), List.of());
        expect(null, List.of("> . 1:4381(4380) ack 1", "< . 1:1(0) ack 1461 win 32792"), List.of("> . 1461:2921(1460) ack 1"),
            List.of("> . 1461:2821(1360) ack 1"));
    }

    @Test
    void shouldKnowWhereAProbeBegins() {
        final List<String> before = List.of("> . 1:2921(2920) ack 1", "< . 1:1(0) ack 101 win 32792");
        expect(Declared.REPACKETIZED, before, List.of("> . 1461:2921(1460) ack 1"), List.of("> . 1561:2921(1360) ack 1"));
        expect(Declared.REPACKETIZED, before, List.of("> . 1461:2921(1460) ack 1 <nop,nop,sack 2:3>"),
            List.of("> . 1549:2921(1372) ack 1 <nop,nop,sack 2:3>"));
        expect(null, before, List.of("> . 1461:2921(1460) ack 1"), List.of("> . 1562:2921(1359) ack 1"));
        expect(null, before, List.of("> . 1461:2921(1460) ack 1"), List.of("> . 1561:2920(1359) ack 1"));
    }

    @Test
    void shouldKnowAProbeBesideRanges() {
        expect(Declared.PROBE_BESIDE_RANGES, BEFORE_PROBE, List.of("> . 1461:2921(1460) ack 1 <nop,nop,sack 3:1463>"),
            List.of("> . 1449:2897(1448) ack 1 <nop,nop,sack 3:1463>"));
        expect(null, BEFORE_PROBE, List.of("> . 1461:2921(1460) ack 1 <nop,nop,sack 3:1463>"),
            List.of("> . 1:1449(1448) ack 1 <nop,nop,sack 3:1463>"));
        expect(null, BEFORE_PROBE, List.of("> . 1461:2921(1460) ack 1"), List.of("> . 1461:2909(1448) ack 1"));
    }

    @Test
    void shouldKnowARangeThatIsAcknowledged() {
        expect(Declared.STALE_RANGES, List.of("< P. 1:2(1) ack 1 win 32792"), List.of("> . 2:2(0) ack 3"),
            List.of("> . 2:2(0) ack 3 <nop,nop,sack 2:3>"));
        expect(null, List.of("< P. 1:2(1) ack 1 win 32792"), List.of("> . 2:2(0) ack 3"), List.of("> . 2:2(0) ack 3 <nop,nop,sack 2:4>"));
        expect(null, List.of("< P. 1:2(1) ack 1 win 32792"), List.of("> . 2:2(0) ack 3 <nop,nop,sack 2:3>"), List.of("> . 2:2(0) ack 3"));
    }

    @Test
    void shouldKnowAnEarlyAcknowledgementOfWhatIsUnread() {
        final String ack = "> . 1001:1001(0) ack 2922";
        final String small = "< P. 2922:2923(1) ack 1 win 32792";
        final String end = "> . 1001:1001(0) ack 2923";
        expect(Declared.UNREAD, UNREAD, List.of(small, end), List.of(ack, small, end));
        expect(Declared.UNREAD, UNREAD, List.of("write(4, ..., 1) = 1", ack), List.of(ack, "write(4, ..., 1) = 1"));
        expect(Declared.UNREAD, UNREAD, List.of("< S 0:0(0) win 32792 <mss 1460>", ack + " <nop,nop,sack 1:2>"),
            List.of(ack + " <nop,nop,sack 1:2>", "< S 0:0(0) win 32792 <mss 1460>", ack));
        expect(null, UNREAD, List.of(ack, small, end), List.of(small, end));
        expect(null, UNREAD, List.of(small, end), List.of(ack, small));
        expect(null, UNREAD, List.of("read(4, ..., 100) = 100", small, end), List.of(ack, "read(4, ..., 100) = 100", small, end));
        expect(null, List.of(small), List.of(), List.of(end));
    }

    private static void expect(final Declared declared, final List<String> before, final List<String> ours, final List<String> theirs) {
        final List<String> we = Stream.concat(before.stream(), ours.stream()).toList();
        final List<String> they = Stream.concat(before.stream(), theirs.stream()).toList();
        assertEquals(declared, Stream.of(Declared.values()).filter(d -> d.explains(we, they)).findFirst().orElse(null));
    }
}
