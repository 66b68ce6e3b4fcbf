package io.holdfast.tcp;

import static io.holdfast.tcp.ScriptedPeer.A;
import static io.holdfast.tcp.ScriptedPeer.F;
import static io.holdfast.tcp.ScriptedPeer.R;
import static io.holdfast.tcp.ScriptedPeer.S;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.holdfast.wire.TcpSegment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Every state under every kind of segment: the state after it, what was sent, what was delivered. A difference is to be
 * looked at; {@code -Dholdfast.golden.update=true} keeps it.
 */
final class StateMatrixTest {
    private static final Path GOLDEN = Path.of("src/test/resources/io/holdfast/tcp/state-matrix.txt");

    /** How to come to a state; afterwards the peer's next number and what it may acknowledge are known. */
    private record Start(Consumer<ScriptedPeer> script, int next, int ack) {
    }

    private static Map<TcpState, Start> starts() {
        final Map<TcpState, Start> starts = new LinkedHashMap<>();
        starts.put(TcpState.SYN_SENT, new Start(peer -> peer.connect(new TcpOptions()), 0, 1));
        starts.put(TcpState.SYN_RECEIVED, new Start(peer -> {
            peer.connect(new TcpOptions());
            peer.in(peer.syn(), 0);
        }, 1, 1));
        starts.put(TcpState.ESTABLISHED, new Start(ScriptedPeer::accept, 1, 1));
        starts.put(TcpState.FIN_WAIT_1, new Start(peer -> peer.accept().shutdownWrite(), 1, 1));
        starts.put(TcpState.FIN_WAIT_2, new Start(peer -> {
            peer.accept().shutdownWrite();
            peer.in(A, 1, 0, 2);
        }, 1, 2));
        starts.put(TcpState.CLOSE_WAIT, new Start(peer -> peer.accept().in(F | A, 1, 0, 1), 2, 1));
        starts.put(TcpState.CLOSING, new Start(peer -> {
            peer.accept().shutdownWrite();
            peer.in(F | A, 1, 0, 1);
        }, 2, 1));
        starts.put(TcpState.LAST_ACK, new Start(peer -> {
            peer.accept().in(F | A, 1, 0, 1);
            peer.shutdownWrite();
        }, 2, 1));
        starts.put(TcpState.TIME_WAIT, new Start(peer -> {
            peer.accept().shutdownWrite();
            peer.in(F | A, 1, 0, 2);
        }, 2, 2));
        return starts;
    }

    /** Flags, sequence number relative to the next one, length, acknowledgement relative to the last. */
    private record Event(String name, int flags, int seq, int length, int ack) {
    }

    private static final Event[] EVENTS = {
        new Event("ACK", A, 0, 0, 0),
        new Event("ACK of FIN or of unsent", A, 0, 0, 1),
        new Event("ACK far ahead", A, 0, 0, 5_000),
        new Event("ACK far behind", A, 0, 0, -100_000),
        new Event("data", A, 0, 100, 0),
        new Event("data ahead of a gap", A, 200, 100, 0),
        new Event("data below", A, -100, 50, 0),
        new Event("data above the window", A, 100_000, 100, 0),
        new Event("data without ACK", 0, 0, 100, 0),
        new Event("FIN", F | A, 0, 0, 0),
        new Event("FIN with data", F | A, 0, 100, 0),
        new Event("FIN with ACK of FIN", F | A, 0, 0, 1),
        new Event("SYN at the next number", S, 0, 0, 0),
        new Event("SYN above the window", S, 100_000, 0, 0),
        new Event("SYN-ACK", S | A, 0, 0, 0),
        new Event("RST exact", R, 0, 0, 0),
        new Event("RST in window", R, 10, 0, 0),
        new Event("RST above the window", R, 100_000, 0, 0),
        new Event("RST with ACK", R | A, 0, 0, 0),
    };

    @Test
    void shouldEqualGolden() throws IOException {
        final StringBuilder matrix = new StringBuilder();
        starts().forEach((state, start) -> {
            for (final Event event : EVENTS) {
                matrix.append(line(state, start, event)).append('\n');
            }
        });
        if (Boolean.getBoolean("holdfast.golden.update")) {
            Files.writeString(GOLDEN, matrix);
        }
        assertEquals(Files.readString(GOLDEN, StandardCharsets.UTF_8), matrix.toString());
    }

    private static String line(final TcpState state, final Start start, final Event event) {
        final ScriptedPeer peer = new ScriptedPeer();
        start.script.accept(peer);
        assertEquals(state, peer.state(), "way to " + state);
        peer.sent();
        peer.pass(600);
        peer.sent();
        final TcpSegment segment = peer.segment(event.flags, start.next + event.seq, start.ack + event.ack, 32_792);
        if (event.flags == S || event.flags == (S | A)) {
            segment.mss = 1_000;
        }
        peer.in(segment, event.length);
        final StringBuilder text = new StringBuilder(String.format("%-12s | %-23s -> %-12s", state, event.name,
            peer.state()));
        if (peer.connection.error() != null) {
            text.append(' ').append(peer.connection.error());
        }
        if (peer.connection.receiveBuffer().size() > 0) {
            text.append(" delivers ").append(peer.connection.receiveBuffer().size());
        }
        for (final Host.Sent sent : peer.sent()) {
            text.append(" sends ").append(flags(sent)).append(" seq ").append(sent.header().seq - peer.iss);
            if (sent.has(A)) {
                text.append(" ack ").append(sent.header().ack - peer.peerIss);
            }
        }
        return text.toString();
    }

    private static String flags(final Host.Sent sent) {
        return (sent.has(S) ? "SYN " : "") + (sent.has(F) ? "FIN " : "") + (sent.has(R) ? "RST " : "")
            + (sent.has(A) ? "ACK" : "-");
    }
}
