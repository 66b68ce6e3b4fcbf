package io.holdfast.membership;

import io.holdfast.counters.MembershipCounter;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The one message there is: all that its sender is. Fixed length, little endian:
 * <pre>
 *  offset bytes
 *       0     1  {@link #TYPE}
 *       1     1  {@link #VERSION}; another one is refused
 *       2     1  role
 *       3     1  flags: 1 dismissing, 2 handing over, 4 cancelling, 8 prefers to own, 16 hears the LAN, 32 preparing
 *       4     4  join: a joiner's or backup's own number; the number a primary has in sync (solo: had last)
 *       8     8  cluster id
 *      16     8  node id
 *      24     8  incarnation
 *      32     8  the receiver's incarnation, as far as the sender knows; 0 if it does not
 *      40     8  epoch
 *      48     8  serial: grows with every message, over both paths
 *      56     8  position in the log
 *      64     8  gate: the position up to which a backup has to hold the log before it is in sync
 *      72     8  final position of a handover
 *      80     4  number of the handover
 *      84     4  highest number of a handover that the sender, a backup, knows to be cancelled
 *      88     8  send time on the sender's clock
 *      96     8  send time of the last message received on this path, {@link #NO_TIME} if there is none: the echo
 *     104     4  connections whose server on the sender, a joiner or backup, is not where the primary's is yet
 *     108 8 while the primary prepares a switchover: bytes that a connection's server on the sender has yet to write, at most, to
 *                be where the primary's was at the log's position
 *     116     8  that position, -1: not known
 *     124     8  ns of silence after which the sender takes its peer for dead
 *     132     8  ns of silence that the sender needs its peer to bear
 *     140     8  an owner's: incarnation of the host that it names, its backup or who is to be it; 0 for none
 *     148     8  epoch of the highest owner that the sender is, or hears itself; 0 for none
 * </pre>
 */
public final class MembershipMessage {
    public static final byte TYPE = 1;
    static final byte VERSION = 5;
    static final int LENGTH = 156;
    /** An hour; longer times cannot be configured. */
    static final long MAX_SILENCE_NS = 3_600_000_000_000L;
    static final long NO_TIME = Long.MIN_VALUE;

    private static final int DISMISSING = 1;
    private static final int HANDING_OVER = 2;
    private static final int CANCELLING = 4;
    private static final int PREFERS = 8;
    private static final int HEARS_LAN = 16;
    private static final int PREPARING = 32;
    private static final int ALL_FLAGS = 63;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    Role role;
    boolean dismissing;
    boolean handingOver;
    boolean cancelling;
    boolean prefersToOwn;
    boolean hearsLan;
    boolean preparing;
    int join;
    long cluster;
    long node;
    long incarnation;
    long receiver;
    long epoch;
    long serial;
    long position;
    long gate;
    long finalPosition;
    int handover;
    int cancelled;
    long sentNs;
    long echoNs;
    int catchingUp;
    long behindBytes;
    long behindPosition = -1;
    long detectNs;
    long needsNs;
    long named;
    long leader;

    /** What only an owner says, and to its partner alone. */
    void clearPair() {
        join = 0;
        gate = 0;
        dismissing = false;
        handingOver = false;
        cancelling = false;
        preparing = false;
        handover = 0;
        finalPosition = 0;
    }

    void encode(final MutableDirectBuffer to, final int at) {
        to.putByte(at, TYPE);
        to.putByte(at + 1, VERSION);
        to.putByte(at + 2, (byte) role.code());
        to.putByte(at + 3, (byte) ((dismissing ? DISMISSING : 0) | (handingOver ? HANDING_OVER : 0)
            | (cancelling ? CANCELLING : 0) | (prefersToOwn ? PREFERS : 0) | (hearsLan ? HEARS_LAN : 0)
            | (preparing ? PREPARING : 0)));
        to.putInt(at + 4, join, ORDER);
        to.putLong(at + 8, cluster, ORDER);
        to.putLong(at + 16, node, ORDER);
        to.putLong(at + 24, incarnation, ORDER);
        to.putLong(at + 32, receiver, ORDER);
        to.putLong(at + 40, epoch, ORDER);
        to.putLong(at + 48, serial, ORDER);
        to.putLong(at + 56, position, ORDER);
        to.putLong(at + 64, gate, ORDER);
        to.putLong(at + 72, finalPosition, ORDER);
        to.putInt(at + 80, handover, ORDER);
        to.putInt(at + 84, cancelled, ORDER);
        to.putLong(at + 88, sentNs, ORDER);
        to.putLong(at + 96, echoNs, ORDER);
        to.putInt(at + 104, catchingUp, ORDER);
        to.putLong(at + 108, behindBytes, ORDER);
        to.putLong(at + 116, behindPosition, ORDER);
        to.putLong(at + 124, detectNs, ORDER);
        to.putLong(at + 132, needsNs, ORDER);
        to.putLong(at + 140, named, ORDER);
        to.putLong(at + 148, leader, ORDER);
    }

    /** Returns null, or the counter of why it was refused; the fields are then undefined. */
    MembershipCounter decode(final DirectBuffer from, final int at, final int length) {
        if (length < 2 || from.getByte(at) != TYPE) {
            return MembershipCounter.REFUSED_MALFORMED;
        }
        if (from.getByte(at + 1) != VERSION) {
            return MembershipCounter.REFUSED_VERSION;
        }
        if (length != LENGTH) {
            return MembershipCounter.REFUSED_MALFORMED;
        }
        role = Role.of(from.getByte(at + 2));
        final int flags = from.getByte(at + 3);
        dismissing = (flags & DISMISSING) != 0;
        handingOver = (flags & HANDING_OVER) != 0;
        cancelling = (flags & CANCELLING) != 0;
        prefersToOwn = (flags & PREFERS) != 0;
        hearsLan = (flags & HEARS_LAN) != 0;
        preparing = (flags & PREPARING) != 0;
        join = from.getInt(at + 4, ORDER);
        cluster = from.getLong(at + 8, ORDER);
        node = from.getLong(at + 16, ORDER);
        incarnation = from.getLong(at + 24, ORDER);
        receiver = from.getLong(at + 32, ORDER);
        epoch = from.getLong(at + 40, ORDER);
        serial = from.getLong(at + 48, ORDER);
        position = from.getLong(at + 56, ORDER);
        gate = from.getLong(at + 64, ORDER);
        finalPosition = from.getLong(at + 72, ORDER);
        handover = from.getInt(at + 80, ORDER);
        cancelled = from.getInt(at + 84, ORDER);
        sentNs = from.getLong(at + 88, ORDER);
        echoNs = from.getLong(at + 96, ORDER);
        catchingUp = from.getInt(at + 104, ORDER);
        behindBytes = from.getLong(at + 108, ORDER);
        behindPosition = from.getLong(at + 116, ORDER);
        detectNs = from.getLong(at + 124, ORDER);
        needsNs = from.getLong(at + 132, ORDER);
        named = from.getLong(at + 140, ORDER);
        leader = from.getLong(at + 148, ORDER);
        // A node that owns, or follows an owner, has an epoch; Integer.MAX_VALUE is where connection ids end.
        final boolean plausible = role != null && (flags & ~ALL_FLAGS) == 0 && incarnation != 0 && serial > 0
            && epoch >= (role == Role.STARTING ? 0 : 1) && epoch <= Integer.MAX_VALUE && join >= 0
            && sentNs != NO_TIME && handover >= 0 && cancelled >= 0 && catchingUp >= 0
            && behindBytes >= 0 && behindPosition >= -1 && detectNs >= 0 && needsNs >= 0
            && detectNs <= MAX_SILENCE_NS && needsNs <= MAX_SILENCE_NS && leader >= 0 && leader <= Integer.MAX_VALUE;
        return plausible ? null : MembershipCounter.REFUSED_MALFORMED;
    }
}
