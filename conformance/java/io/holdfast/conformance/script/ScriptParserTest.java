package io.holdfast.conformance.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.holdfast.conformance.packet.TcpFlags;
import io.holdfast.conformance.packet.TcpOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ScriptParserTest {
    private static Script parse(final String... lines) {
        return ScriptParser.parse(String.join("\n", lines), "topic/name.pkt");
    }

    private static Event only(final String line) {
        return parse(line).events().get(0);
    }

    @Test
    void shouldReadTimes() {
        assertEquals(new When(When.Kind.AT, false, 0, false, 0), only("0 close(3) = 0").when());
        assertEquals(new When(When.Kind.AT, true, 100_000, false, 0), only("+.1 close(3) = 0").when());
        assertEquals(new When(When.Kind.BETWEEN, true, 0, true, 45_000), only("+0~+.045 > . 1:1(0) ack 1").when());
        assertEquals(new When(When.Kind.BETWEEN, false, 200_000, true, 310_000), only(".2~+.31 > . 1:1(0) ack 1").when());
        assertEquals(new When(When.Kind.UNTIL, true, 0, false, 300_000), only("+0...0.3 close(3) = 0").when());
        assertEquals(When.Kind.ANY, only("* > . 1:1(0) ack 1").when().kind());
    }

    @Test
    void shouldReadSegments() {
        final TcpSpec segment = ((Action.TcpIn) only(
            "+0 < [ce] SEW. 5:105(100) ack 7 win 9 urg 3 <mss 1460,sackOK,TS val 1 ecr 2,nop,wscale 7,sack 1:2 3:4> bad_checksum "
                + "port 40001 fragments 16 overlap 8 [1 0] fill 9").action()).segment();
        assertEquals(TcpFlags.parse("SEW."), segment.flags());
        assertEquals(5, segment.seq());
        assertEquals(100, segment.length());
        assertEquals(7, segment.ack());
        assertEquals(9, segment.window());
        assertEquals(3, segment.urgent());
        assertEquals(3, segment.tos());
        assertEquals(List.of(TcpOption.of("mss", 1460L), TcpOption.of("sackOK"), TcpOption.of("TS", 1L, 2L), TcpOption.of("nop"),
            TcpOption.of("wscale", 7L), TcpOption.of("sack", 1L, 2L, 3L, 4L)), segment.options());
        assertTrue(segment.badChecksum());
        assertEquals(40_001, segment.port());
        assertEquals(new TcpSpec.Fragments(16, 8, List.of(1, 0)), segment.fragments());
        assertEquals(9, segment.fill());
        assertNull(((Action.TcpOut) only("+0 > . 1:1(0) ack 1 <...>").action()).segment().options());
    }

    @Test
    void shouldReadCalls() {
        assertEquals(new Action.Call("read", List.of("4", "...", "100"), -11),
            only("+0 read(4, ..., 100) = -1 EAGAIN (Resource temporarily unavailable)").action());
        assertEquals(new Action.Call("poll", List.of("[{fd=4, events=POLLIN}]", "1", "0"), 1),
            only("+0 poll([{fd=4, events=POLLIN}], 1, 0) = 1").action());
        assertNull(((Action.Call) only("+0 read(4, ..., 100) = ...").action()).result());
    }

    @Test
    void shouldReadSettingsOptionsAndComments() {
        final Script script = parse("// What it is about,", "// on two lines.", "--mtu=9000", "/* no", "+0 close(1) = 0 */",
            "`sysctl -q net.ipv4.tcp_sack=0 config tcp.rto_min_ms=300 `", "+0 write(4,  // here too", "  ..., 100) = 100");
        assertEquals("What it is about, on two lines.", script.summary());
        assertEquals(Map.of("mtu", "9000"), script.options());
        assertEquals(new Action.Settings(Map.of("tcp.sack", "0", "tcp.rto_min_ms", "300")), script.events().get(0).action());
        assertEquals(7, script.events().get(1).line());
        assertEquals(new Action.Call("write", List.of("4", "...", "100"), 100), script.events().get(1).action());
    }

    @Test
    void shouldSayWhereItCannotRead() {
        for (final String line : List.of("+0 < Q 1:1(0)", "+0 > . 1:1(0)", "+0 > . 1:2(0) ack 1", "+0 < S 0:0(0) <nonsense>",
            "+0 read(4, ..., 100) = -1", "+0 read(4, ..., 100) = -1 EWHAT", "+0 %{ print(tcpi_rtt) }%", "+0 %{ assert 1 + }%",
            "`ls`", "`sysctl -q net.ipv4.tcp_unheard_of=1`", "+0 < icmp unreachable nowhere [1:1(0)]", "close(3) = 0")) {
            final ScriptException e = assertThrows(ScriptException.class, () -> parse("// first", line), line);
            assertTrue(e.getMessage().startsWith("topic/name.pkt:2: "), e.getMessage());
        }
    }

    @Test
    void shouldEvaluateAssertions() {
        final Map<String, Long> values = Map.of("tcpi_a", 5L, "tcpi_b", 7L);
        for (final String text : List.of("tcpi_a == 5", "5 <= tcpi_a < 6 and tcpi_b != 5", "not tcpi_a == 6", "tcpi_a == 6 or tcpi_b",
            "(tcpi_a + tcpi_b) * 2 - 4 == 20", "tcpi_b / 2 == 3", "tcpi_b % 2 == 1", "-tcpi_a == 0-5")) {
            assertTrue(Expression.parse(text).holds(values::get), text);
        }
        for (final String text : List.of("tcpi_a == 6", "5 < tcpi_a < 6", "not tcpi_a", "tcpi_a == 5 and tcpi_b == 5", "0")) {
            assertTrue(!Expression.parse(text).holds(values::get), text);
        }
    }
}
