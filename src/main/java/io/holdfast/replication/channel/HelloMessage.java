package io.holdfast.replication.channel;

import io.holdfast.counters.ChannelCounter;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The first message each way: magic u32 | version u16 | path u8 | cluster name u8 length, bytes | node name u8 length, bytes |
 * token of {@link LifelineToken}, zeros for none; little endian. The side that dialled speaks first. The other side answers only
 * a greeting that it accepts, and is answered by a keep-alive, so that neither takes a connection for good that the other
 * refuses.
 */
final class HelloMessage {
    static final int MAX_BYTES = 4 + 2 + 1 + 1 + ChannelConfig.MAX_NAME_LENGTH + 1 + ChannelConfig.MAX_NAME_LENGTH
        + LifelineToken.TOKEN_BYTES;
    static final int VERSION = 2;
    private static final int MAGIC = 0x48434648; // "HFCH"
    private static final int CLUSTER_AT = 7;

    private HelloMessage() {
    }

    /** Returns the length. */
    static int write(final MutableDirectBuffer to, final int offset, final Path path, final ChannelConfig config,
        final byte[] token) {
        to.putInt(offset, MAGIC, ByteOrder.LITTLE_ENDIAN);
        to.putShort(offset + 4, (short) VERSION, ByteOrder.LITTLE_ENDIAN);
        to.putByte(offset + 6, path.code());
        int at = putName(to, offset + CLUSTER_AT, config.cluster());
        at = putName(to, at, config.node());
        to.putBytes(at, token);
        return at + token.length - offset;
    }

    /**
     * Returns the name of the node that wrote it.
     *
     * @throws Refusal if it is not for this path of this node of this cluster
     */
    static String read(
        final DirectBuffer from, final int offset, final int length, final Path path, final ChannelConfig config)
        throws Refusal {
        if (length < CLUSTER_AT || from.getInt(offset, ByteOrder.LITTLE_ENDIAN) != MAGIC) {
            throw new Refusal(ChannelCounter.REFUSED_HELLO, "no greeting of ours");
        }
        final int version = from.getShort(offset + 4, ByteOrder.LITTLE_ENDIAN) & 0xffff;
        if (version != VERSION) {
            throw new Refusal(ChannelCounter.REFUSED_VERSION, "it speaks version " + version + ", not " + VERSION);
        }
        final int end = offset + length;
        final String cluster = name(from, offset + CLUSTER_AT, end);
        final int nodeAt = offset + CLUSTER_AT + 1 + cluster.length();
        final String node = name(from, nodeAt, end);
        if (nodeAt + 1 + node.length() + LifelineToken.TOKEN_BYTES != end) {
            throw new Refusal(ChannelCounter.REFUSED_HELLO, "the greeting is not as long as what it holds");
        }
        if (!cluster.equals(config.cluster())) {
            throw new Refusal(ChannelCounter.REFUSED_CLUSTER,
                "it is of cluster '" + cluster + "', not '" + config.cluster() + "' (replication.cluster)");
        }
        if (node.equals(config.node())) {
            throw new Refusal(ChannelCounter.REFUSED_NODE, "its name is our own, '" + node + "' (replication.node)");
        }
        if (from.getByte(offset + 6) != path.code()) {
            throw new Refusal(ChannelCounter.REFUSED_PATH, "it takes this for another path than " + path
                + " (" + path.listenSetting() + ", " + path.peerSetting() + ")");
        }
        return node;
    }

    /** Of a greeting that {@link #read} accepts. */
    static byte[] token(final DirectBuffer from, final int offset, final int length) {
        final byte[] token = new byte[LifelineToken.TOKEN_BYTES];
        from.getBytes(offset + length - token.length, token);
        return token;
    }

    private static int putName(final MutableDirectBuffer to, final int offset, final String name) {
        final byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        to.putByte(offset, (byte) bytes.length);
        to.putBytes(offset + 1, bytes);
        return offset + 1 + bytes.length;
    }

    private static String name(final DirectBuffer from, final int offset, final int end) throws Refusal {
        final int length = offset < end ? from.getByte(offset) & 0xff : 0;
        if (length == 0 || offset + 1 + length > end) {
            throw new Refusal(ChannelCounter.REFUSED_HELLO, "the greeting is cut short");
        }
        final byte[] bytes = new byte[length];
        from.getBytes(offset + 1, bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
