package io.holdfast.lab.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/** A data connection of an iperf3 test: a thread that reads, or writes, as fast as it can until the connection is closed. */
final class Iperf3Stream {
    private final int id;
    private final Socket socket;
    private final byte[] block;
    /** Written by the stream's thread alone. */
    private volatile long bytes;

    Iperf3Stream(final int id, final Socket socket, final int blockBytes) {
        this.id = id;
        this.socket = socket;
        this.block = new byte[blockBytes];
    }

    int id() {
        return id;
    }

    /** Counts bytes read or written. */
    long bytes() {
        return bytes;
    }

    void start(final boolean writes) {
        new Thread(() -> {
            try {
                if (writes) {
                    write();
                } else {
                    read();
                }
            } catch (final IOException e) {
                // Closed: the test is over.
            }
        }, "iperf3-" + id).start();
    }

    private void write() throws IOException {
        final OutputStream out = socket.getOutputStream();
        while (true) {
            bytes = bytes + block.length; // first: the client must not have got more than was written
            out.write(block);
        }
    }

    private void read() throws IOException {
        final InputStream in = socket.getInputStream();
        for (int n = in.read(block); n >= 0; n = in.read(block)) {
            bytes = bytes + n;
        }
    }

    void close() {
        try {
            socket.close();
        } catch (final IOException e) {
            // The stream was about to close anyway.
        }
    }
}
