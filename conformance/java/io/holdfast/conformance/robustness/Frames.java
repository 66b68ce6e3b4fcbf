package io.holdfast.conformance.robustness;

import io.holdfast.conformance.packet.PacketBuilder;
import io.holdfast.conformance.packet.Segment;
import io.holdfast.conformance.packet.TcpFlags;
import io.holdfast.conformance.packet.TcpOption;
import io.holdfast.link.tap.VnetFrames;
import java.nio.ByteBuffer;
import java.util.List;

/** Frames of the peer's, with the offload header before them. */
final class Frames {
    static final int STACK = 0x0A4D_0064;
    static final long STACK_MAC = 0x02_00_00_00_00_64L;
    private static final int PEER = 0x0A4D_0001;
    private static final long PEER_MAC = 0x02_00_00_00_00_01L;
    private static final int HEADERS = VnetFrames.HEADER_BYTES + 14;
    private static final int DATA_VALID = 2;
    private static final int TCP = 6;
    private static final PacketBuilder BUILDER = new PacketBuilder(PEER, STACK);

    private Frames() {
    }

    static byte[] arpRequest() {
        final ByteBuffer arp = ByteBuffer.allocate(28);
        arp.putShort((short) 1).putShort((short) 0x0800).put((byte) 6).put((byte) 4).putShort((short) 1);
        mac(arp, PEER_MAC).putInt(PEER);
        mac(arp, 0).putInt(STACK);
        return frame(0x0806, arp.array());
    }

    static byte[] syn() {
        return tcp(TcpFlags.SYN, 0, 0, 0, List.of(TcpOption.of("mss", 1460L), TcpOption.of("sackOK"),
            TcpOption.of("TS", 100L, 0L), TcpOption.of("nop"), TcpOption.of("wscale", 7L)), 0);
    }

    static byte[] ack(final int isn) {
        return tcp(TcpFlags.ACK, 1, 1, isn, List.of(TcpOption.of("nop"), TcpOption.of("nop"), TcpOption.of("TS", 101L, 0L)), 0);
    }

    /** A segment of the connection; numbers relative to the initial ones. */
    static byte[] tcp(final int flags, final int seq, final int ack, final int isn, final List<TcpOption> options,
        final int bytes) {
        return ip(BUILDER.tcp(segment(flags, seq, ack, isn, options, bytes), false));
    }

    static Segment segment(final int flags, final int seq, final int ack, final int isn, final List<TcpOption> options,
        final int bytes) {
        return new Segment(FrameTarget.PEER_PORT, FrameTarget.PORT, flags, FrameTarget.PEER_ISN + seq, isn + ack, 1_000, 0, 0, options,
            new byte[bytes]);
    }

    static PacketBuilder builder() {
        return BUILDER;
    }

    /** A segment of the stack's as an ICMP error quotes it. */
    static byte[] quoted(final int seq) {
        return new PacketBuilder(STACK, PEER).tcp(new Segment(FrameTarget.PORT, FrameTarget.PEER_PORT, TcpFlags.ACK, seq, 0, 0, 0, 0,
            List.of(), new byte[0]), false);
    }

    static byte[] ip(final byte[] packet) {
        return frame(0x0800, packet);
    }

    private static byte[] frame(final int type, final byte[] payload) {
        final ByteBuffer frame = ByteBuffer.allocate(HEADERS + payload.length);
        frame.put((byte) DATA_VALID).position(VnetFrames.HEADER_BYTES);
        mac(frame, STACK_MAC);
        mac(frame, PEER_MAC).putShort((short) type).put(payload);
        return frame.array();
    }

    private static ByteBuffer mac(final ByteBuffer to, final long mac) {
        return to.putShort((short) (mac >> 32)).putInt((int) mac);
    }

    /** Makes the acknowledgement and the SACK edges of an unfragmented TCP segment relative to the connection's. */
    static void relocate(final byte[] frame, final int isn) {
        final int ip = HEADERS;
        if (frame.length < ip + 40 || frame[ip - 2] != 8 || frame[ip - 1] != 0 || frame[ip + 9] != TCP) {
            return;
        }
        final ByteBuffer bytes = ByteBuffer.wrap(frame);
        final int tcp = ip + (frame[ip] & 0x0F) * 4;
        if (tcp + 20 > frame.length) {
            return;
        }
        bytes.putInt(tcp + 8, bytes.getInt(tcp + 8) + isn);
        final int end = Math.min(frame.length, tcp + (frame[tcp + 12] >> 4 & 0x0F) * 4);
        for (int at = tcp + 20; at + 2 < end;) {
            if (frame[at] == 1 || frame[at] == 0) {
                at++;
                continue;
            }
            final int length = frame[at + 1] & 0xFF;
            if (frame[at] == 5) {
                for (int edge = at + 2; edge + 4 <= Math.min(end, at + length); edge += 4) {
                    bytes.putInt(edge, bytes.getInt(edge) + isn);
                }
            }
            at += Math.max(2, length);
        }
    }
}
