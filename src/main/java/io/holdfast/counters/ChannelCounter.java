package io.holdfast.counters;

/** Counters of the channels to the peer host; ids from 384. Written by the thread that polls them. */
public enum ChannelCounter implements CounterDescriptor {
    DIALLED("channel.dialled", "Connections begun to the peer."),
    DIAL_FAILED("channel.dial.failed", "Connections begun that the peer's host did not answer or refused."),
    ACCEPTED("channel.accepted", "Connections that arrived, from whomever."),
    UP("channel.up", "Times that a path came up."),
    DOWN("channel.down", "Times that a path went down."),
    REPLACED("channel.replaced", "Times that a newer connection of the peer took the place of an older one."),
    SILENT("channel.silent", "Connections given up because nothing arrived for the time allowed."),
    MESSAGES_IN("channel.messages.in", "Messages received."),
    BYTES_IN("channel.bytes.in", "Bytes of messages received, without framing."),
    MESSAGES_OUT("channel.messages.out", "Messages given to the network."),
    BYTES_OUT("channel.bytes.out", "Bytes of messages given to the network, without framing."),
    QUEUE_FULL("channel.queue.full", "Control messages refused because the queue was full: the peer does not read."),
    WRONG_SIDE("channel.wrong_side", "Connections closed because the node with the smaller name is to dial."),
    REFUSED_TLS("channel.refused.tls", "Connections closed because TLS failed: a certificate, or no TLS at all."),
    REFUSED_LENGTH("channel.refused.length", "Connections closed because of a frame with an impossible length."),
    REFUSED_HELLO("channel.refused.hello", "Connections closed because the first message was no greeting of ours."),
    REFUSED_VERSION("channel.refused.version", "Connections closed because the peer speaks another version."),
    REFUSED_CLUSTER("channel.refused.cluster", "Connections closed because they were for another cluster."),
    REFUSED_NODE("channel.refused.node", "Connections closed because the peer has our own name, or not the one expected."),
    REFUSED_PATH("channel.refused.path", "Connections closed because they were for the other path."),
    REFUSED_LATE("channel.refused.late", "Connections closed because they had not greeted in time."),
    REFUSED_CROWD("channel.refused.crowd", "Connections closed because too many had not greeted yet."),
    LOST_EARLY("channel.lost.early", "Connections that ended before the greeting was done."),
    LIFELINES("channel.lifelines", "Lifelines of the peer that arrived."),
    LIFELINES_CUT("channel.lifelines.cut", "Lifelines that the peer's kernel cut: its process died, or something between did it."),
    LIFELINES_FAILED("channel.lifelines.failed", "Lifelines to the peer that could not be made."),
    REFUSED_LIFELINE("channel.refused.lifeline", "Lifelines refused because no connection had announced them.");

    private static final int FIRST_ID = 384;
    private final String label;
    private final String meaning;

    ChannelCounter(final String label, final String meaning) {
        this.label = label;
        this.meaning = meaning;
    }

    @Override
    public int id() {
        return FIRST_ID + ordinal();
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public String meaning() {
        return meaning;
    }
}
