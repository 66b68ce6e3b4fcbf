package io.holdfast.conformance.run;

import io.holdfast.conformance.client.AgentClient;
import io.holdfast.conformance.client.Body;
import io.holdfast.conformance.client.Op;
import io.holdfast.conformance.client.PendingCall;
import io.holdfast.conformance.packet.PacketBuilder;
import io.holdfast.conformance.packet.ReceivedPacket;
import io.holdfast.conformance.packet.Segment;
import io.holdfast.conformance.script.IcmpSpec;
import io.holdfast.conformance.script.TcpSpec;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** One stack and its peers: packets in and out, in the script's numbers. */
final class Driver {
    static final int LOCAL = 0xC0A8_0001;
    static final int REMOTE = 0xC000_0201;
    private static final int GATEWAY = 0xC0A8_0002;
    private static final int PREFIX = 16;
    private static final int VIRTUAL = 1;
    private static final int FRAGMENT_ID = 4711;

    private final AgentClient client;
    private final int remoteIsn;
    private final PacketBuilder toStack = new PacketBuilder(REMOTE, LOCAL);
    private final PacketBuilder fromStack = new PacketBuilder(LOCAL, REMOTE);
    private final Flow main;
    private final Map<Integer, Flow> others = new HashMap<>();
    private int fragmented;

    Driver(final AgentClient client, final int remoteIsn) {
        this.client = client;
        this.remoteIsn = remoteIsn;
        this.main = new Flow(remoteIsn);
    }

    void hello(final int mtu) {
        expectZero("HELLO", client.call(Op.HELLO, new Body().u16(1).u8(VIRTUAL).u8(0).u16(mtu).ip(LOCAL).u8(PREFIX).ip(GATEWAY)
            .ip(REMOTE)));
    }

    void configure(final Map<String, String> values) {
        values.forEach((key, value) -> expectZero("CONFIG " + key + "=" + value,
            client.call(Op.CONFIG, new Body().text(key).text(value))));
    }

    AgentClient client() {
        return client;
    }

    /** The connection with that port of the peer's; null is the one that the script is about. */
    Flow flow(final Integer port) {
        if (port == null) {
            if (!main.portsKnown()) {
                main.ports(Flow.LISTEN_PORT, Flow.PEER_PORT);
            }
            return main;
        }
        return others.computeIfAbsent(port, key -> {
            final Flow flow = new Flow(remoteIsn);
            flow.ports(Flow.LISTEN_PORT, key);
            return flow;
        });
    }

    /** The connection of a packet that the stack sent; its ports make those of the script's one, if they are not known. */
    Flow flow(final Segment segment) {
        final Flow other = others.get(segment.destinationPort());
        if (other != null && segment.sourcePort() == other.localPort()) {
            return other;
        }
        if (!main.portsKnown()) {
            main.ports(segment.sourcePort(), segment.destinationPort());
        }
        if (segment.destinationPort() != main.remotePort() || segment.sourcePort() != main.localPort()) {
            throw new ScriptFailure("ports", main.localPort() + " > " + main.remotePort(),
                segment.sourcePort() + " > " + segment.destinationPort());
        }
        return main;
    }

    /** The peer's port of a flow, if it is not the script's main one. */
    Integer portOf(final Flow flow) {
        return flow == main ? null : Integer.valueOf(flow.remotePort());
    }

    /** Lets the peer send; when it was carried out. */
    long tcpIn(final TcpSpec spec) {
        final Segment segment = flow(spec.port()).live(spec);
        if (spec.fragments() == null) {
            return packetIn(toStack.tcp(segment, spec.badChecksum()));
        }
        final List<byte[]> pieces = toStack.fragments(segment, spec.fragments().bytes(), spec.fragments().overlap(),
            FRAGMENT_ID + fragmented++);
        final List<Integer> order = spec.fragments().order() == null ? IntStream.range(0, pieces.size()).boxed().toList()
            : spec.fragments().order();
        long doneUs = 0;
        for (final int index : order) {
            doneUs = packetIn(pieces.get(index));
        }
        return doneUs;
    }

    long icmpIn(final IcmpSpec spec) {
        final Flow flow = flow((Integer) null);
        final byte[] quoted = fromStack.tcp(new Segment(flow.localPort(), flow.remotePort(), 16, flow.toLive(spec.seq()), 0, 0, 0,
            0, List.of(), new byte[0]), false);
        return packetIn(toStack.icmpError(spec.type(), spec.code(), spec.rest(), quoted));
    }

    private long packetIn(final byte[] packet) {
        final PendingCall call = client.call(Op.PKT_IN, new Body().bytes(packet));
        expectZero("PKT_IN", call);
        return call.timeUs();
    }

    /** The next packet that the stack sends, or null if there is none until then. */
    Departure departure(final long deadlineUs) {
        final PendingCall call = client.call(Op.PKT_OUT, new Body().i64(deadlineUs));
        expectZero("PKT_OUT", call);
        final ByteBuffer data = call.data();
        if (data.remaining() <= 8) {
            client.nowIsAtLeast(Math.min(deadlineUs, call.timeUs()));
            return null;
        }
        final long sentUs = data.getLong();
        final byte[] packet = new byte[data.remaining()];
        data.get(packet);
        client.nowIsAtLeast(sentUs);
        try {
            return new Departure(sentUs, ReceivedPacket.parse(packet));
        } catch (final IllegalArgumentException e) {
            throw new ScriptFailure(e.getMessage(), "a valid packet", packet.length + " bytes");
        }
    }

    /** Describes a packet in the script's notation. */
    String show(final ReceivedPacket packet) {
        if (packet.icmpType() >= 0) {
            return "icmp type " + packet.icmpType() + " code " + packet.icmpCode();
        }
        return packet.segment() == null ? "IP protocol " + packet.protocol()
            : flow(packet.segment()).inScript(packet.segment()).toString();
    }

    static void expectZero(final String what, final PendingCall call) {
        if (call.result() != 0) {
            throw new ScriptFailure("the agent refused " + what, 0, call.result());
        }
    }
}
