package io.holdfast.nio;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Set;

/** What a channel does with its stream, by whose that is: {@link StackStream}, {@link KernelStream}. Threads as the channel's. */
interface StreamSide {
    /** @param timeoutNs negative: no limit; otherwise in blocking mode only. With both locks of the channel */
    boolean connect(InetSocketAddress remote, long timeoutNs) throws IOException;

    /** With both locks of the channel. */
    boolean finishConnect() throws IOException;

    boolean isConnected();

    boolean isConnectionPending();

    int read(ByteBuffer dst) throws IOException;

    long read(ByteBuffer[] dsts, int offset, int length) throws IOException;

    /** For the adaptor's streams, in blocking mode only. {@code timeoutMs} 0: no limit. */
    int read(byte[] dst, int offset, int length, int timeoutMs) throws IOException;

    int write(ByteBuffer src) throws IOException;

    long write(ByteBuffer[] srcs, int offset, int length) throws IOException;

    /** Bytes that can be read now. */
    int available() throws IOException;

    /** Of a connected channel; with its state's lock. */
    void shutdownInput() throws IOException;

    /** Of a connected channel; with its state's lock. */
    void shutdownOutput() throws IOException;

    boolean isInputShut();

    boolean isOutputShut();

    /** Null if not connected. */
    InetSocketAddress remote() throws IOException;

    /** Null if not bound. */
    InetSocketAddress local() throws IOException;

    <T> T option(SocketOption<T> name) throws IOException;

    Set<SocketOption<?>> supportedOptions();

    /** The kernel's channel; null of a stream that is not the kernel's. */
    SocketChannel kernel();
}
