package io.holdfast.tcp;

import io.holdfast.util.SipHash;
import io.holdfast.wire.IpAddress;
import io.holdfast.wire.TcpSegment;

/**
 * SYN cookies (RFC 4987 3.6): a handshake without memory. The initial sequence number carries a time slot and the
 * client's MSS class under a keyed hash of both ends; the timestamp's low bits carry SACK and window scale, as in Linux.
 * The layout is this host's own affair; both hosts of a pair share the keys.
 */
final class SynCookies {
    /** MSS classes, ascending; the largest not above the client's is taken. */
    private static final int[] MSS = {536, 1_220, 1_300, 1_340, 1_400, 1_440, 1_460, 8_960};
    private static final long SLOT_NS = 64_000_000_000L;
    /** A cookie is good for this slot and the one before. */
    private static final int MAX_AGE_SLOTS = 2;
    /** After this nobody hears of a SYN any more that came before a takeover. */
    private static final long TWICE_NS = 10_000_000_000L;
    private static final int SLOT_BITS = 5;
    private static final int MSS_BITS = 3;
    private static final int HASH_BITS = 32 - SLOT_BITS - MSS_BITS;

    private static final int TS_SCALE_MASK = 0xF;
    private static final int TS_SACK = 0x10;
    private static final int TS_BITS = 5;
    private static final int NO_SCALE = 0xF;
    /** A timestamp shifted by this hides the same. */
    static final int TIMESTAMP_STEP = 1 << TS_BITS;

    private final long key0;
    private final long key1;
    private long lastSentNs = Long.MIN_VALUE / 2;
    private long takenOverNs = Long.MIN_VALUE / 2;

    SynCookies(final long key0, final long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    int make(final ConnectionId id, final int clientIsn, final int clientMss, final long nowNs) {
        lastSentNs = nowNs;
        int mssClass = 0;
        while (mssClass + 1 < MSS.length && MSS[mssClass + 1] <= clientMss) {
            mssClass++;
        }
        return compose(id, clientIsn, (int) (nowNs / SLOT_NS) & (1 << SLOT_BITS) - 1, mssClass);
    }

    private int compose(final ConnectionId id, final int clientIsn, final int slot, final int mssClass) {
        final long salt = (clientIsn & 0xFFFF_FFFFL) << 16 | slot << 8 | mssClass;
        final int hash = (int) (hash(key0 ^ salt, key1, id) >>> 32 >>> 32 - HASH_BITS);
        return (slot << MSS_BITS | mssClass) << HASH_BITS | hash;
    }

    /** The client's MSS class if the number is a cookie made for these ends not long ago, else 0. */
    int check(final ConnectionId id, final int clientIsn, final int cookie, final long nowNs) {
        final int slot = cookie >>> HASH_BITS + MSS_BITS;
        final int mssClass = cookie >>> HASH_BITS & (1 << MSS_BITS) - 1;
        final int age = (int) (nowNs / SLOT_NS) - slot & (1 << SLOT_BITS) - 1;
        return age < MAX_AGE_SLOTS && compose(id, clientIsn, slot, mssClass) == cookie ? MSS[mssClass] : 0;
    }

    /** Another host may have sent some until now. */
    void assumeSent(final long nowNs) {
        lastSentNs = nowNs;
        takenOverNs = nowNs;
    }

    /**
     * May a client be sent the same cookie twice, by the host before this one and by this one? It acknowledges the second from
     * where it is by then, which is no answer to a cookie.
     */
    boolean mayBeTwice(final long nowNs) {
        return nowNs - takenOverNs < TWICE_NS;
    }

    /** Were cookies sent at all in the time that one is good for? Otherwise no ACK is worth a look. */
    boolean recentlySent(final long nowNs) {
        return nowNs - lastSentNs < MAX_AGE_SLOTS * SLOT_NS;
    }

    /** A timestamp just below {@code tsVal} whose low bits say what the SYN offered. */
    int timestamp(final int tsVal, final boolean sack, final int windowScale) {
        final int bits = (windowScale < 0 ? NO_SCALE : Math.min(windowScale, 14)) | (sack ? TS_SACK : 0);
        final int candidate = tsVal & -(1 << TS_BITS) | bits;
        return candidate - tsVal > 0 ? candidate - (1 << TS_BITS) : candidate;
    }

    static boolean sack(final int tsEcr) {
        return (tsEcr & TS_SACK) != 0;
    }

    static int windowScale(final int tsEcr) {
        final int scale = tsEcr & TS_SCALE_MASK;
        return scale == NO_SCALE ? TcpSegment.NO_WINDOW_SCALE : scale;
    }

    /** Of a connection's ends, with a key of two halves. */
    static long hash(final long key0, final long key1, final ConnectionId id) {
        final IpAddress local = id.localAddress();
        final IpAddress remote = id.remoteAddress();
        return SipHash.hash(key0, key1, local.hi() ^ Long.rotateLeft(remote.hi(), 32), local.lo(), remote.lo(),
            (long) id.localPort() << 16 | id.remotePort());
    }
}
