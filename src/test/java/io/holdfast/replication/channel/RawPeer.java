package io.holdfast.replication.channel;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A peer in the clear that says what a test wants, frame by frame, by the documented layout alone. */
final class RawPeer implements AutoCloseable {
    static final int MAGIC = 0x48434648;
    /** At the end of a greeting; zeros ask for no lifeline. */
    static final int TOKEN_BYTES = 16;

    final Socket socket;
    final DataInputStream in;

    RawPeer(final InetSocketAddress address) throws IOException {
        socket = new Socket(address.getAddress(), address.getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(30_000);
        in = new DataInputStream(socket.getInputStream());
    }

    void write(final byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    void frame(final byte[] bytes) throws IOException {
        write(ByteBuffer.allocate(4 + bytes.length).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length).put(bytes).array());
    }

    void length(final int length) throws IOException {
        write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(length).array());
    }

    void keepAlive() throws IOException {
        length(-1);
    }

    /** Greets as node "a" of the cluster, as the side that dials. */
    void greet() throws IOException {
        frame(hello(MAGIC, 2, 1, "lab", "a"));
        keepAlive();
    }

    static byte[] hello(final int magic, final int version, final int path, final String cluster, final String node) {
        final ByteBuffer hello = ByteBuffer.allocate(4 + 2 + 1 + 1 + cluster.length() + 1 + node.length() + TOKEN_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN).putInt(magic).putShort((short) version).put((byte) path);
        hello.put((byte) cluster.length()).put(cluster.getBytes(StandardCharsets.US_ASCII));
        hello.put((byte) node.length()).put(node.getBytes(StandardCharsets.US_ASCII));
        return hello.array();
    }

    /** The next frame that is no keep-alive. */
    byte[] read() throws IOException {
        int length = -1;
        while (length == -1) {
            length = Integer.reverseBytes(in.readInt());
        }
        final byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }

    /** Ends the connection as the kernel does for a process that died with bytes unread. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
