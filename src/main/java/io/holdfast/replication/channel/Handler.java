package io.holdfast.replication.channel;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Who uses the {@link Channels}. Called inside {@link Channels#poll} (and {@link Channels#drop}) only, by its thread; it may
 * call {@code send} and {@code drop} from any of these, {@code poll} and {@code close} from none. A host is its place in
 * {@link ChannelConfig#others}, 0 where there is one.
 */
public interface Handler {
    /** The path to that host carries messages from now on: the peer is authenticated and of our cluster. */
    void onUp(int host, Path path);

    /**
     * One whole message. The bytes are valid until this returns.
     *
     * @param length 1 to {@link Channels#MAX_MESSAGE_BYTES}
     */
    void onMessage(int host, Path path, DirectBuffer buffer, int offset, int length);

    /**
     * The path carries nothing any more, and what was queued on it is lost; or it could not be opened. It is dialled again by
     * itself.
     */
    void onDown(int host, Path path, PathLoss loss, String reason);

    /**
     * The peer's process holds a lifeline for the path, which is up; or its kernel has cut it, which it does first of all
     * when the process dies. What the peer had sent before may still come. Nothing is told when the path goes down.
     */
    void onLifeline(int host, Path path, boolean held);

    /**
     * Writes one whole message for that host, if there is one. Called again and again while the path is up and the network
     * takes more.
     *
     * @param capacity always {@link Channels#MAX_MESSAGE_BYTES}
     * @return the message's length, or 0 for none now
     */
    int fill(int host, Path path, MutableDirectBuffer destination, int offset, int capacity);
}
