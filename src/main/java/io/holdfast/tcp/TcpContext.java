package io.holdfast.tcp;

import io.holdfast.buffer.ChunkPool;
import io.holdfast.counters.Counters;
import io.holdfast.counters.TcpCounter;
import io.holdfast.util.RandomSource;
import io.holdfast.util.SipHash;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.TcpSegment;
import java.nio.ByteBuffer;

/** What the connections of one shard share: configuration, memory, secrets, counters, rate limits. Shard's thread only. */
abstract class TcpContext {
    /** What a connection can learn of where it is. */
    interface Site {
        /** Somebody listens for what comes to the connection's own address and port. */
        boolean isListened(ConnectionId id);

        /** Largest IP packet to that address, as known now. */
        int pathMtu(IpAddress remote);

        /** The device cuts super-segments. */
        boolean segmentation();
    }

    /** Two each for cookies, initial sequence numbers, timestamps. */
    private static final int KEYS = 6;
    private static final int SECRETS_BYTES = KEYS * Long.BYTES + Long.BYTES + Integer.BYTES;
    private static final int IPV4_AND_TCP_BYTES = 40;
    private static final int IPV6_AND_TCP_BYTES = 60;
    /** RFC 9293 3.4.1's clock, as Linux: a tick of 64 ns. */
    private static final int ISN_CLOCK_SHIFT = 6;

    final TcpConfig config;
    final ChunkPool pool;
    final Counters counters;
    final Site site;
    final Challenges challenges;
    final RecoveryCounters recoveryCounters;
    final Orphans orphans;
    SynCookies cookies;
    private final long[] keys = new long[KEYS];
    /** After takeovers: what is added to this host's clock where hosts must agree about the time, and to timestamps. */
    private long clockShiftNs;
    private int timestampShiftMs;
    /** No cookies now: another host may have to know them, and does not know the key yet. */
    boolean cookiesHeld;
    /** Segments that come now were sent to the host before this one. */
    boolean hearsay;
    private final OutboundSegment answer = new OutboundSegment();

    TcpContext(final TcpConfig config, final ChunkPool pool, final Counters counters, final RandomSource random,
        final Site site) {
        this.config = config;
        this.pool = pool;
        this.counters = counters;
        this.site = site;
        orphans = new Orphans(config, counters);
        challenges = new Challenges(config.challengeAckLimit, counters);
        recoveryCounters = new RecoveryCounters(counters);
        for (int i = 0; i < KEYS; i++) {
            keys[i] = random.nextLong();
        }
        cookies = new SynCookies(keys[0], keys[1]);
    }

    /**
     * The secrets behind sequence numbers, timestamps and cookies, and what is added to the clock for them, for a host that
     * shall carry the connections on.
     */
    public byte[] secrets() {
        final ByteBuffer bytes = ByteBuffer.allocate(SECRETS_BYTES);
        for (final long key : keys) {
            bytes.putLong(key);
        }
        return bytes.putLong(clockShiftNs).putInt(timestampShiftMs).array();
    }

    /** Takes another host's secrets over; of another length they are refused. */
    public boolean secrets(final byte[] bytes) {
        if (bytes.length != SECRETS_BYTES) {
            return false;
        }
        final ByteBuffer from = ByteBuffer.wrap(bytes);
        for (int i = 0; i < KEYS; i++) {
            keys[i] = from.getLong();
        }
        clockShiftNs = from.getLong();
        timestampShiftMs = from.getInt();
        cookies = new SynCookies(keys[0], keys[1]);
        return true;
    }

    /**
     * This host goes on in another's place, whose clock was ahead by so much: sequence numbers and timestamps of new connections
     * go on where that one's were, and its cookies are good here.
     *
     * @param tsShiftMs as for connections that are carried on; a multiple of {@link #TIMESTAMP_STEP_MS}
     */
    public void succeed(final long clockAheadNs, final int tsShiftMs, final long nowNs) {
        clockShiftNs += clockAheadNs;
        timestampShiftMs += tsShiftMs;
        cookies.assumeSent(clockNs(nowNs));
    }

    /** From now on segments come that were heard while another host led; or no more of them. */
    public void hearsay(final boolean value) {
        hearsay = value;
    }

    /** No SYN cookies as long as another host must know their key, and does not. */
    public void holdCookies(final boolean value) {
        cookiesHeld = value;
    }

    /** The time that all hosts that lead one after the other agree about, more or less. */
    long clockNs(final long nowNs) {
        return nowNs + clockShiftNs;
    }

    /** Answers a segment for which there is neither connection nor listener (RFC 9293 3.10.7.1), if it is to be answered. */
    public void onStray(final IpAddress local, final IpAddress remote, final TcpSegment segment, final SegmentSink sink,
        final long nowNs) {
        counters.add(TcpCounter.IN_SEGS, segment.wireSegments);
        reset(local, remote, segment, sink);
    }

    /** A reset that a peer in any state will believe; none in answer to a reset. */
    void reset(final IpAddress local, final IpAddress remote, final TcpSegment segment, final SegmentSink sink) {
        if (segment.has(TcpSegment.RST)) {
            return;
        }
        final TcpSegment header = answerTo(local, remote, segment);
        if (segment.has(TcpSegment.ACK)) {
            header.flags = TcpSegment.RST;
            header.seq = segment.ack;
        } else {
            header.flags = TcpSegment.RST | TcpSegment.ACK;
            header.ack = segment.seq + segment.sequenceLength();
        }
        if (sink.transmit(answer)) {
            counters.increment(TcpCounter.OUT_RSTS);
        }
    }

    /** A segment without a connection, ends filled in; sent through {@link #answer}. */
    TcpSegment answerTo(final IpAddress local, final IpAddress remote, final TcpSegment segment) {
        answer.clear();
        answer.id = new ConnectionId(local, segment.destinationPort, remote, segment.sourcePort);
        answer.header.sourcePort = segment.destinationPort;
        answer.header.destinationPort = segment.sourcePort;
        return answer.header;
    }

    boolean sendAnswer(final SegmentSink sink) {
        return sink.transmit(answer);
    }

    /** Initial sequence number: a clock shifted by a keyed hash of the ends (RFC 6528). */
    int isn(final ConnectionId id, final long nowNs) {
        return (int) (SynCookies.hash(keys[2], keys[3], id) + (clockNs(nowNs) >> ISN_CLOCK_SHIFT));
    }

    /** The same for all connections between two hosts, so that timestamps go forward across them (RFC 7323 5.4). */
    int timestampOffset(final ConnectionId id) {
        final IpAddress local = id.localAddress();
        final IpAddress remote = id.remoteAddress();
        return (int) SipHash.hash(keys[4], keys[5], local.hi(), local.lo(), remote.hi(), remote.lo()) + timestampShiftMs;
    }

    static int headerBytes(final IpAddress remote) {
        return remote.isV4() ? IPV4_AND_TCP_BYTES : IPV6_AND_TCP_BYTES;
    }

    int pathMss(final IpAddress remote) {
        return site.pathMtu(remote) - headerBytes(remote);
    }
}
