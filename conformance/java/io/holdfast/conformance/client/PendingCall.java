package io.holdfast.conformance.client;

import java.nio.ByteBuffer;

/** A request under way, and its reply once that has come. */
public final class PendingCall {
    private final AgentClient client;
    private boolean done;
    private int result;
    private long timeUs;
    private ByteBuffer data = ByteBuffer.allocate(0);

    PendingCall(final AgentClient client) {
        this.client = client;
    }

    void complete(final int newResult, final long newTimeUs, final ByteBuffer newData) {
        done = true;
        result = newResult;
        timeUs = newTimeUs;
        data = newData;
    }

    /** Reads replies until this one's has come. */
    public PendingCall await() {
        while (!done) {
            client.readReply();
        }
        return this;
    }

    public boolean done() {
        return done;
    }

    /** Zero or more, or minus an errno. */
    public int result() {
        return result;
    }

    /** The stack's time when it completed. */
    public long timeUs() {
        return timeUs;
    }

    /** The fields behind the result, big endian; read once. */
    public ByteBuffer data() {
        return data;
    }
}
