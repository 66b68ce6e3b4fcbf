package io.holdfast.icmp;

import static java.nio.ByteOrder.BIG_ENDIAN;

import io.holdfast.counters.Counters;
import io.holdfast.counters.IcmpCounter;
import io.holdfast.ip.IpEventHandler;
import io.holdfast.ip.IpLayer;
import io.holdfast.ip.IpPacket;
import io.holdfast.ip.PacketHandler;
import io.holdfast.link.OutboundFrame;
import io.holdfast.util.RandomSource;
import io.holdfast.wire.Checksum;
import io.holdfast.wire.IcmpHeader;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.IpProtocol;
import io.holdfast.wire.Ipv4Header;

/**
 * ICMP for IPv4 (RFC 792, RFC 1122 3.2.2): answers echo, sends errors at a limited rate, and parses errors for the
 * {@link IcmpErrorHandler}. IP gives it the packets of protocol 1, and reports packets that could not be sent. Shard's thread
 * only.
 */
public final class IcmpLayer implements PacketHandler, IpEventHandler {
    /** Errors a second that are sent at most in the long run (Linux: {@code icmp_msgs_per_sec}). */
    public static final int ERRORS_PER_SECOND = 1000;
    /** Errors that may be sent at once at most (Linux: {@code icmp_msgs_burst}). */
    public static final int ERROR_BURST = 50;
    /** Largest packet that carries an error, quote included (RFC 1812 4.3.2.3). */
    private static final int MAX_ERROR_BYTES = 576;
    /** Bytes of a transport header that an error must quote: ports, and TCP's sequence number. */
    private static final int MIN_QUOTED_BYTES = 8;
    /** Errors are network control (RFC 1812 4.3.2.5); replies keep the class of the request. */
    private static final int ERROR_TRAFFIC_CLASS = 0xC0;

    private final IpLayer ip;
    private final Counters counters;
    private final IcmpErrorHandler handler;
    private final IpEventHandler addressEvents;
    private final IcmpHeader header = new IcmpHeader();
    private final Ipv4Header quoted = new Ipv4Header();
    private final OutboundFrame frame = new OutboundFrame();
    private final TokenBucket errors;

    /**
     * Makes itself the event handler of {@code ip}.
     *
     * @param random        varies the rate limit, so that an observer learns nothing from it
     * @param handler       judges errors about our packets
     * @param addressEvents gets conflicts about addresses, and addresses that are ready
     */
    public IcmpLayer(
        final IpLayer ip,
        final Counters counters,
        final RandomSource random,
        final IcmpErrorHandler handler,
        final IpEventHandler addressEvents) {
        errors = new TokenBucket(random, ERROR_BURST, ERRORS_PER_SECOND);
        this.ip = ip;
        this.counters = counters;
        this.handler = handler;
        this.addressEvents = addressEvents;
        ip.events(this);
    }

    /** A packet of protocol ICMP. */
    @Override
    public void onPacket(final IpPacket packet, final long nowNs) {
        counters.increment(IcmpCounter.IN_MSGS);
        if (!header.wrap(packet.buffer, packet.offset, packet.length)) {
            counters.increment(IcmpCounter.IN_TRUNCATED);
            return;
        }
        if (Checksum.of(packet.buffer, packet.offset, packet.length) != 0) {
            counters.increment(IcmpCounter.IN_BAD_CHECKSUM);
            return;
        }
        switch (header.type()) {
            case IcmpHeader.ECHO_REQUEST:
                onEcho(packet, nowNs);
                break;
            case IcmpHeader.UNREACHABLE:
                counters.increment(IcmpCounter.IN_DEST_UNREACHS);
                onError(packet, nowNs);
                break;
            case IcmpHeader.TIME_EXCEEDED:
                counters.increment(IcmpCounter.IN_TIME_EXCDS);
                onError(packet, nowNs);
                break;
            case IcmpHeader.PARAMETER_PROBLEM:
                counters.increment(IcmpCounter.IN_PARM_PROBS);
                onError(packet, nowNs);
                break;
            default:
                counters.increment(ignored(header.type()));
                break;
        }
    }

    private static IcmpCounter ignored(final int type) {
        switch (type) {
            case IcmpHeader.ECHO_REPLY:
                return IcmpCounter.IN_ECHO_REPS;
            case IcmpHeader.TIMESTAMP:
            case IcmpHeader.TIMESTAMP_REPLY:
                return IcmpCounter.IN_TIMESTAMPS;
            case IcmpHeader.REDIRECT:
                return IcmpCounter.IN_REDIRECTS;
            case IcmpHeader.SOURCE_QUENCH:
                return IcmpCounter.IN_SOURCE_QUENCHS;
            default:
                return IcmpCounter.IN_UNKNOWN;
        }
    }

    private void onEcho(final IpPacket packet, final long nowNs) {
        counters.increment(IcmpCounter.IN_ECHOS);
        if (packet.toGroup) {
            counters.increment(IcmpCounter.IN_ECHO_GROUP);
            return;
        }
        final int requestWord = IcmpHeader.ECHO_REQUEST << 8 | header.code();
        final int replyWord = IcmpHeader.ECHO_REPLY << 8 | header.code();
        final int checksum = Checksum.update(header.checksum(), requestWord, replyWord);
        frame.clear();
        frame.buffer.putBytes(frame.start, packet.buffer, packet.offset, packet.length);
        frame.end = frame.start + packet.length;
        frame.buffer.putShort(frame.start, (short) replyWord, BIG_ENDIAN);
        frame.buffer.putShort(frame.start + 2, (short) checksum, BIG_ENDIAN);
        transmit(packet, packet.trafficClass, IcmpCounter.OUT_ECHO_REPS, nowNs);
    }

    /** Sends the frame back to where the packet came from. */
    private void transmit(
        final IpPacket packet, final int trafficClass, final IcmpCounter counter, final long nowNs) {
        if (ip.send(frame, packet.destinationHi, packet.destinationLo, packet.sourceHi, packet.sourceLo,
            IpProtocol.ICMP, trafficClass, 0, false, nowNs)) {
            counters.increment(IcmpCounter.OUT_MSGS);
            counters.increment(counter);
        } else {
            counters.increment(IcmpCounter.OUT_DEVICE_FULL);
        }
    }

    /**
     * Tells the sender of a packet that it could not be used, if errors may be sent about it (RFC 1122 3.2.2), and the
     * rate limit allows.
     *
     * @param type      {@link IcmpHeader#UNREACHABLE} or another error
     * @param offending the packet, as IP delivered it
     */
    public void sendError(final int type, final int code, final IpPacket offending, final long nowNs) {
        if (offending.toGroup
            || offending.protocol == IpProtocol.ICMP && !isEcho(offending)
            || !ip.owns(offending.destinationHi, offending.destinationLo)) {
            counters.increment(IcmpCounter.OUT_SUPPRESSED);
            return;
        }
        if (!errors.take(nowNs)) {
            counters.increment(IcmpCounter.OUT_RATE_LIMITED);
            return;
        }
        final int packetBytes = offending.offset + offending.length - offending.headerOffset;
        final int quotedBytes = Math.min(packetBytes, MAX_ERROR_BYTES - Ipv4Header.MIN_BYTES - IcmpHeader.BYTES);
        frame.clear();
        IcmpHeader.write(frame.buffer, frame.start, type, code, 0);
        frame.buffer.putBytes(frame.start + IcmpHeader.BYTES, offending.buffer, offending.headerOffset, quotedBytes);
        frame.end = frame.start + IcmpHeader.BYTES + quotedBytes;
        IcmpHeader.complete(frame.buffer, frame.start, frame.end - frame.start);
        transmit(offending, ERROR_TRAFFIC_CLASS,
            type == IcmpHeader.TIME_EXCEEDED ? IcmpCounter.OUT_TIME_EXCDS : IcmpCounter.OUT_DEST_UNREACHS, nowNs);
    }

    private static boolean isEcho(final IpPacket packet) {
        return packet.length > 0 && packet.buffer.getByte(packet.offset) == IcmpHeader.ECHO_REQUEST;
    }

    private void onError(final IpPacket packet, final long nowNs) {
        if (packet.toGroup) {
            counters.increment(IcmpCounter.IN_ERROR_TO_GROUP);
            return;
        }
        final int type = header.type();
        final int code = header.code();
        final boolean tooBig = type == IcmpHeader.UNREACHABLE && code == IcmpHeader.FRAGMENTATION_NEEDED;
        final int mtu = tooBig ? header.nextHopMtu() : 0;
        final int at = packet.offset + IcmpHeader.BYTES;
        final int available = packet.length - IcmpHeader.BYTES;
        if (!quoted.wrapQuoted(packet.buffer, at, available)
            || quoted.fragmentOffset() != 0
            || available - quoted.headerLength() < MIN_QUOTED_BYTES) {
            counters.increment(IcmpCounter.IN_BAD_QUOTE);
            return;
        }
        final long localLo = IpAddress.v4Lo(quoted.source());
        if (!ip.owns(0, localLo)) {
            counters.increment(IcmpCounter.IN_FOREIGN_QUOTE);
            return;
        }
        final int transport = at + quoted.headerLength();
        final int ports = packet.buffer.getInt(transport, BIG_ENDIAN);
        handler.onError(type, code, mtu, quoted.protocol(), 0, localLo, 0, IpAddress.v4Lo(quoted.destination()),
            ports >>> 16, ports & 0xFFFF, packet.buffer.getInt(transport + 4, BIG_ENDIAN), quoted.totalLength(), false,
            nowNs);
    }

    // --- what IP has to tell -----------------------------------------------------------------------------------

    @Override
    public void onReassemblyTimeout(final IpPacket first, final long nowNs) {
        sendError(IcmpHeader.TIME_EXCEEDED, IcmpHeader.REASSEMBLY_TIME_EXCEEDED, first, nowNs);
    }

    @Override
    public void onUndeliverable(final IpPacket packet, final int code, final int mtu, final long nowNs) {
        if (packet.length < MIN_QUOTED_BYTES || packet.protocol == IpProtocol.ICMP) {
            return;
        }
        counters.increment(IcmpCounter.LOCAL_ERRORS);
        final int ports = packet.buffer.getInt(packet.offset, BIG_ENDIAN);
        final int quotedLength = packet.buffer.getShort(packet.headerOffset + 2, BIG_ENDIAN) & 0xFFFF;
        handler.onError(IcmpHeader.UNREACHABLE, code, mtu, packet.protocol, packet.sourceHi, packet.sourceLo,
            packet.destinationHi, packet.destinationLo, ports >>> 16, ports & 0xFFFF,
            packet.buffer.getInt(packet.offset + 4, BIG_ENDIAN), quotedLength, true, nowNs);
    }

    @Override
    public void onAddressConflict(final IpAddress address, final long mac, final long nowNs) {
        addressEvents.onAddressConflict(address, mac, nowNs);
    }

    @Override
    public void onAddressReady(final IpAddress address, final long nowNs) {
        addressEvents.onAddressReady(address, nowNs);
    }
}
