package io.holdfast.replication.channel;

/** How long is what crosses a channel, in bytes. */
final class ChannelLimits {
    /** Of a message's length, which stands before it. */
    static final int LENGTH_BYTES = 4;
    /** The longest message: 1 MiB of records and what stands before them. */
    static final int MESSAGE_BYTES = (1 << 20) + 256;
    /** No record of TLS is longer; checked against the session. */
    static final int TLS_RECORD_BYTES = 17 << 10;
    /** No record of TLS holds more. */
    static final int TLS_DATA_BYTES = 17 << 10;

    private ChannelLimits() {
    }
}
