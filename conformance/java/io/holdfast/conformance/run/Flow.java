package io.holdfast.conformance.run;

import io.holdfast.conformance.packet.Segment;
import io.holdfast.conformance.packet.TcpFlags;
import io.holdfast.conformance.packet.TcpOption;
import io.holdfast.conformance.script.TcpSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One connection between the script's numbers and those on the wire. */
final class Flow {
    /** Ports of a connection that the peer begins. */
    static final int LISTEN_PORT = 8080;
    static final int PEER_PORT = 40_000;

    private final int remoteIsn;
    private final Map<Long, Integer> stamps = new HashMap<>();
    private final Map<Integer, Long> stampNames = new HashMap<>();
    private int localPort;
    private int remotePort;
    private boolean isnKnown;
    private int localIsn;
    private long isnInScript;
    /** The number of the SYN before the data that is sent now. */
    private long dataBase;

    Flow(final int remoteIsn) {
        this.remoteIsn = remoteIsn;
    }

    boolean portsKnown() {
        return localPort != 0;
    }

    void ports(final int newLocalPort, final int newRemotePort) {
        localPort = newLocalPort;
        remotePort = newRemotePort;
    }

    int localPort() {
        return localPort;
    }

    int remotePort() {
        return remotePort;
    }

    /** A number of the stack's own, as it is on the wire. */
    int toLive(final long seq) {
        return (int) (seq + (isnKnown ? localIsn - isnInScript : 0));
    }

    private long toScript(final int seq) {
        return (isnKnown ? seq - localIsn + isnInScript : seq) & 0xFFFF_FFFFL;
    }

    /** The peer's segment as it goes on the wire. */
    Segment live(final TcpSpec spec) {
        final List<TcpOption> options = new ArrayList<>();
        for (final TcpOption option : spec.options() == null ? List.<TcpOption>of() : spec.options()) {
            options.add(switch (option.name()) {
                case "sack" -> new TcpOption("sack", option.values().stream().map(v -> toLive(v) & 0xFFFF_FFFFL).toList());
                case "TS" -> TcpOption.of("TS", option.values().get(0),
                    stamps.getOrDefault(option.values().get(1), option.values().get(1).intValue()) & 0xFFFF_FFFFL);
                default -> option;
            });
        }
        final byte[] payload = new byte[spec.length()];
        for (int i = 0; i < payload.length; i++) {
            payload[i] = (byte) (spec.fill() != null ? spec.fill() : spec.seq() + i + (spec.has(TcpFlags.SYN) ? 1 : 0));
        }
        return new Segment(remotePort, localPort, spec.flags(), (int) (spec.seq() + remoteIsn),
            spec.ack() == null ? 0 : toLive(spec.ack()), spec.window() == null ? 0 : spec.window(),
            spec.urgent() == null ? 0 : spec.urgent(), spec.tos() == null ? 0 : spec.tos(), options, payload);
    }

    /** Takes note of the stack's initial sequence number, which the script calls so. */
    void learnIsn(final Segment segment, final long inScript) {
        if (segment.has(TcpFlags.SYN)) {
            if (!isnKnown) {
                isnKnown = true;
                localIsn = segment.seq();
                isnInScript = inScript;
            }
            dataBase = toScript(segment.seq());
        }
    }

    /** The stack's segment in the script's numbers; its stamps by the names that the script gave them. */
    TcpSpec inScript(final Segment segment) {
        final List<TcpOption> options = new ArrayList<>();
        for (final TcpOption option : segment.options()) {
            options.add(switch (option.name()) {
                case "sack" -> new TcpOption("sack",
                    option.values().stream().map(v -> v - remoteIsn & 0xFFFF_FFFFL).toList());
                case "TS" -> TcpOption.of("TS", stampNames.getOrDefault(option.values().get(0).intValue(), option.values().get(0)),
                    option.values().get(1));
                default -> option;
            });
        }
        final boolean acks = segment.has(TcpFlags.ACK);
        // A reset of what had no ACK has the sequence number zero, whatever the connection's are.
        final boolean zero = segment.has(TcpFlags.RST) && segment.seq() == 0;
        return new TcpSpec(segment.flags(), zero ? 0 : toScript(segment.seq()), segment.payload().length,
            acks ? segment.ack() - remoteIsn & 0xFFFF_FFFFL : null, segment.window(), segment.urgent(), segment.tos() & 3, options,
            false, null, null, null);
    }

    /** The script calls a time stamp of the stack's so. */
    void nameStamp(final long name, final long live) {
        stamps.put(name, (int) live);
        stampNames.put((int) live, name);
    }

    /** Whether the data is what was written at that place of the stream. */
    boolean carriesThePattern(final Segment segment) {
        final long seq = toScript(segment.seq()) - dataBase;
        for (int i = 0; i < segment.payload().length; i++) {
            if (segment.payload()[i] != (byte) (seq + i)) {
                return false;
            }
        }
        return true;
    }
}
